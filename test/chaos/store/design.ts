import type { ServiceName } from '../../../deploy/local/services.ts';
import type { DegradationReason } from '@film-store/degradation';
import type { Experiment, Settings } from '../experiment.ts';
import type { Random } from '../random.ts';
import type { StoreFault } from './faults.ts';
import type { ExpectedSignal } from './expected-signals.ts';

/** Faults that are active together. */
export interface Stage {
  readonly faults: readonly StoreFault[];
  /** Duration in milliseconds; 0 for a fault that is over at once. */
  readonly lastsMs: number;
  /** Signals that must be observed at least once; empty if clients must not notice anything. */
  readonly shows: readonly ExpectedSignal[];
  /** The failing upstream, to count attempts per call. @default that of the bounds */
  readonly upstream?: ServiceName;
}

export interface StoreExperiment extends Pick<Experiment, 'name' | 'title' | 'expected'> {
  readonly regions?: 2;
  /** The stages, one after another. The next starts when all pages are complete. */
  readonly stages: (random: Random, settings: Settings) => readonly Stage[];
  /** Parts that may be degraded by it, with the reasons. */
  readonly degrades: Readonly<Record<string, readonly DegradationReason[]>>;
  readonly bounds: {
    /** Smallest fraction of reads with a page in time. */
    readonly served: number;
    /** Longest time from the end of a stage until pages are complete, in seconds. */
    readonly wholeAgainS: number;
    /** Most attempts per call at the failing upstream. */
    readonly amplification?: {
      /** @default the upstream of the stage */
      readonly upstream?: ServiceName;
      readonly atMost: number;
    };
  };
}
