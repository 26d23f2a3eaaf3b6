import type { DegradationReason } from '@film-store/degradation';
import type { Experiment, Settings } from '../experiment.ts';
import type { Random } from '../random.ts';
import type { StoreFault } from './faults.ts';
import type { ExpectedSignal } from './expected-signals.ts';

/** Faults that are there together. */
export interface Stage {
  readonly faults: readonly StoreFault[];
  /** How long they are there, in milliseconds; 0 for what is over at once. */
  readonly lastsMs: number;
  /** What has to be seen of it, at least once; none where nobody is to notice anything. */
  readonly shows: readonly ExpectedSignal[];
}

export interface StoreExperiment extends Pick<Experiment, 'name' | 'title' | 'expected'> {
  readonly regions?: 2;
  /** What goes wrong, one stage after the other; the next begins when all is well again. */
  readonly stages: (random: Random, settings: Settings) => readonly Stage[];
  /** What may be degraded by it, and why. */
  readonly degrades: Readonly<Record<string, readonly DegradationReason[]>>;
  readonly bounds: {
    /** Smallest share of reads that a page was answered to in time. */
    readonly served: number;
    /** Longest time from the end of a stage until answers are whole again, in seconds. */
    readonly wholeAgainS: number;
    /** Most attempts per call at the upstream that fails. */
    readonly amplification?: { readonly upstream: 'catalog' | 'recommendations'; readonly atMost: number };
  };
}
