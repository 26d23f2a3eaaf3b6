import { fileURLToPath } from 'node:url';
import { type ProcessOptions, type RunningProcess, startProcess } from './process.ts';

const tied = fileURLToPath(new URL('tied.ts', import.meta.url));

export interface ProgramOptions extends ProcessOptions {
  readonly command: string;
}

/**
 * Like startProcess, for a program that knows nothing of our IPC channel: a small Node between us ends it when we
 * are gone. A command that cannot be run shows as exit code 127.
 */
export function startProgram({ command, args, ...options }: ProgramOptions): RunningProcess {
  return startProcess({ ...options, args: [tied, command, ...args] });
}
