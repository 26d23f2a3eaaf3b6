import { spawn } from 'node:child_process';
import { sleep, systemClock } from './clock.ts';

/*
 * `node tied.ts COMMAND ARGUMENTS…` ties a program that knows nothing of the supervisor to its life: runs it, passes
 * SIGTERM on, and ends it when the IPC channel breaks, which it does even when the supervisor is killed with -9.
 */
const TERM_BOUND_MS = 5_000;

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
const endForSure = async () => {
  end();
  await sleep(systemClock, TERM_BOUND_MS);
  process.kill(-process.pid, 'SIGKILL');
};
process.on('SIGTERM', end);
process.on('disconnect', () => void endForSure());
if (!process.connected) void endForSure();
