import { spawn } from 'node:child_process';
import { sleep, systemClock } from './clock.ts';

/*
 * `node tied.ts COMMAND ARGUMENTS…` runs a program, forwards SIGTERM, and ends the program when the IPC channel closes. The
 * channel also closes when the supervisor is killed with SIGKILL.
 */
const TERM_TIMEOUT_MS = 5_000;

const [command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  process.exit(127);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

const end = () => child.kill('SIGTERM');
const endOrKill = async () => {
  end();
  await sleep(systemClock, TERM_TIMEOUT_MS);
  process.kill(-process.pid, 'SIGKILL');
};
process.on('SIGTERM', end);
process.on('disconnect', () => void endOrKill());
if (!process.connected) void endOrKill();
