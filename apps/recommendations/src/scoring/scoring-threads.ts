import { availableParallelism } from 'node:os';
import { Threads } from '../threads/threads.ts';
import type * as tasks from './scoring-tasks.ts';

/** Leaves one core for the event loop. More than two threads were never busy in measurements. */
const THREADS = Math.max(1, Math.min(2, availableParallelism() - 1));

export type ScoringThreads = Threads<typeof tasks>;

export const SCORING_THREADS = Symbol('scoring threads');

/** Starts the threads that rank films. The table of the films is in shared memory, so a small heap is enough. */
export const startScoringThreads = (): ScoringThreads =>
  new Threads({ module: new URL('scoring-tasks', import.meta.url), count: THREADS, heapMiB: 32 });
