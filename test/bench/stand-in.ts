import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * `healthy` answers after 4 to 12 ms, `slow-at-times` does so too but takes 500 ms for one answer in a hundred, by a
 * chance that depends on the address and how often it was asked for alone; `unavailable` answers 503 at once.
 */
export type Behavior = 'healthy' | 'slow-at-times' | 'unavailable' | 'resets' | 'hangs';

export type ToStandIn = Behavior | 'arrivals';
export type FromStandIn = { readonly url: string } | { readonly arrivals: number[] };

/**
 * An upstream of the gateway, catalog or recommendations, on a thread of its own: it shares no event loop with those
 * who measure.
 */
export interface StandIn {
  readonly url: string;
  behave(behavior: Behavior): void;
  /** When requests arrived since this was asked last, in milliseconds since 1970. */
  arrivals(): Promise<number[]>;
  stop(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const worker = new Worker(new URL('./stand-in.worker.ts', import.meta.url));
  const [{ url }] = (await once(worker, 'message')) as [{ url: string }];
  const say = (message: ToStandIn): void => worker.postMessage(message, []);
  return {
    url,
    behave: say,
    arrivals: async () => {
      say('arrivals');
      const [{ arrivals }] = (await once(worker, 'message')) as [{ arrivals: number[] }];
      return arrivals;
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}
