import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * `healthy` responds after 4 to 12 ms. `slow-at-times` does the same, but takes 500 ms for one response in a hundred,
 * depending only on the address and the number of its requests. `unavailable` responds with 503 at once.
 */
export type Behavior = 'healthy' | 'slow-at-times' | 'unavailable' | 'resets' | 'hangs';

export type ToStandIn = Behavior | 'arrivals';
export type FromStandIn = { readonly url: string } | { readonly arrivals: number[] };

/**
 * An upstream of the gateway on its own thread: it shares no event loop with the
 * measurement.
 */
export interface StandIn {
  readonly url: string;
  behave(behavior: Behavior): void;
  /** Returns the arrival times of requests since the last call, in milliseconds since 1970. */
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
