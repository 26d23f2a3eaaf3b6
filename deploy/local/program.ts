import { fileURLToPath } from 'node:url';
import { type ProcessOptions, type RunningProcess, startProcess } from './process.ts';

const tied = fileURLToPath(new URL('tied.ts', import.meta.url));

export interface ProgramOptions extends ProcessOptions {
  readonly command: string;
}

/**
 * Starts any program like `startProcess`. A small Node process between them ends the program when this process ends. The
 * exit code is 127 for a command that cannot be run.
 */
export function startProgram({ command, args, ...options }: ProgramOptions): RunningProcess {
  return startProcess({ ...options, args: [tied, command, ...args] });
}
