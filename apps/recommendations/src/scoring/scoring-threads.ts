import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { RankTask } from '../model/rank.ts';

/** Leaves one core for the event loop. More than two threads were never busy in measurements. */
const THREADS = Math.max(1, Math.min(2, availableParallelism() - 1));

/** Heap limits of a thread, in MB. Scoring 3,200 films needs only a small part. A thread that exceeds a limit exits alone. */
const HEAP = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };

export type ScoringThreads = Piscina<RankTask, number[]>;

export const SCORING_THREADS = Symbol('scoring threads');

/** Starts the threads that run `rank`. Replaces threads that exit. */
export const startScoringThreads = (): ScoringThreads =>
  new Piscina({
    // `.ts` when run from source, `.js` when compiled.
    filename: new URL(`../model/rank${extname(import.meta.url)}`, import.meta.url).href,
    name: 'rank',
    // Constant, because a growing piscina can lose the tasks of a thread that exits.
    minThreads: THREADS,
    maxThreads: THREADS,
    // By default, a task that finds all threads busy returns to the end of the queue, and later tasks overtake it.
    stricterFIFO: true,
    // Without this and the empty `env`, each thread would load the process's `--import` and start its own telemetry.
    execArgv: [],
    resourceLimits: HEAP,
    env: {},
  });
