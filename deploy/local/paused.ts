import { systemClock } from './clock.ts';

/*
 * `node paused.ts PID MS` pauses a process group with SIGSTOP, and resumes it with SIGCONT after MS milliseconds. It resumes
 * at once when the IPC channel closes, which also happens when the supervisor is killed with SIGKILL.
 */
const [pid = 0, ms = 0] = process.argv.slice(2).map(Number);

const resume = () => {
  signal('SIGCONT');
  process.exit(0);
};
process.on('SIGTERM', resume);
process.on('disconnect', resume);
if (process.connected) {
  signal('SIGSTOP');
  console.log('paused');
  systemClock.after(ms, resume);
} else resume();

/** The group may have exited. */
function signal(name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    process.exit(0);
  }
}
