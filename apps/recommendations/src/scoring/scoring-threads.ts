import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { RankTask } from '../model/rank.ts';

/** One core is left to the event loop; more than two threads were never kept busy. */
const THREADS = Math.max(1, Math.min(2, availableParallelism() - 1));

/** A thread's heap, in MB: many times what scoring 3,200 films takes. A thread that needs more dies alone. */
const HEAP = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };

export type ScoringThreads = Piscina<RankTask, number[]>;

export const SCORING_THREADS = Symbol('scoring threads');

/** Starts the threads that run `rank`. One that dies is replaced. */
export const startScoringThreads = (): ScoringThreads =>
  new Piscina({
    // A source file loads a source file, and a built one a built one.
    filename: new URL(`../model/rank${extname(import.meta.url)}`, import.meta.url).href,
    name: 'rank',
    // As many from the start: while it still grows, piscina can lose the tasks of a thread that dies.
    minThreads: THREADS,
    maxThreads: THREADS,
    // By default a task that finds every thread busy goes back to the end of the queue, and others overtake it for as
    // long as the load lasts.
    stricterFIFO: true,
    // A thread would preload what the process does (`--import`, also by NODE_OPTIONS): telemetry of its own.
    execArgv: [],
    resourceLimits: HEAP,
    env: {},
  });
