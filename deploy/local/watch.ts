import { env as ownEnv, execPath } from 'node:process';
import type { RunningProcess } from './process.ts';
import { startProgram } from './program.ts';
import { respondsOk, type Service, withReadiness } from './readiness.ts';
import { root, serviceArguments, type ServiceOptions } from './services.ts';

/** The last line of each run of `tsc --watch`, with and without errors (TS6193, TS6194). */
const compiled = /Found \d+ errors?\. Watching for file changes\./;

export interface WatchingCompiler extends RunningProcess {
  /** Resolves after the first run, also with errors. Rejects if the compiler exits before. */
  readonly compiled: Promise<void>;
}

export function startCompiler(onLine: (text: string) => void): WatchingCompiler {
  const first = Promise.withResolvers<void>();
  const compiler = startProgram({
    command: execPath,
    args: ['node_modules/.bin/tsc', '-b', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
    cwd: root,
    env: ownEnv,
    onLine: ({ text }) => {
      onLine(text);
      if (compiled.test(text)) first.resolve();
    },
  });
  const end = async () => {
    await compiler.exited;
    first.reject(new Error('the compiler exited'));
  };
  void end();
  return { ...compiler, compiled: first.promise };
}

/** Starts a service that restarts when one of its compiled files changes. */
export function startWatchedService({ name, port, env, onLine }: ServiceOptions): Service {
  const process = startProgram({
    command: execPath,
    args: ['--watch', '--watch-preserve-output', ...serviceArguments(name)],
    cwd: root,
    env: { ...env, PORT: String(port) },
    onLine,
  });
  const probe = () => respondsOk(`http://localhost:${port}/health/ready`);
  return withReadiness({ name, process, probe });
}
