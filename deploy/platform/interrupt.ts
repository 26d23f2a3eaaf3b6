import { constants } from 'node:os';

const cleanups = new Set<() => void>();

/** Runs `cleanup` if a signal ends the process. Returns a function that takes it back. */
export function onInterrupt(cleanup: () => void): () => void {
  if (cleanups.size === 0) for (const signal of SIGNALS) process.on(signal, interrupt);
  cleanups.add(cleanup);
  return () => {
    cleanups.delete(cleanup);
    if (cleanups.size === 0) for (const signal of SIGNALS) process.off(signal, interrupt);
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function interrupt(signal: (typeof SIGNALS)[number]): void {
  for (const cleanup of cleanups) cleanup();
  // The exit code of a process that a signal ended, by the convention of shells.
  process.exit(128 + constants.signals[signal]);
}
