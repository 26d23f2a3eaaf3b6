import { systemClock } from './clock.ts';

/*
 * `node paused.ts PID MS` stops a group of processes for so long, by SIGSTOP, and lets it go on. It does so at once
 * when the IPC channel breaks, which it does even when the supervisor is killed with -9: nothing stays stopped for
 * want of somebody to let it go on.
 */
const [pid = 0, ms = 0] = process.argv.slice(2).map(Number);

const goOn = () => {
  signal('SIGCONT');
  process.exit(0);
};
process.on('SIGTERM', goOn);
process.on('disconnect', goOn);
if (process.connected) {
  signal('SIGSTOP');
  console.log('paused');
  systemClock.after(ms, goOn);
} else goOn();

/** The group may be gone. */
function signal(name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    process.exit(0);
  }
}
