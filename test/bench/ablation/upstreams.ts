import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** `healthy` responds after 4 to 12 ms. The others do so for requests that they do not affect. */
export type Behavior =
  'healthy' | 'slow' | 'slow-at-times' | 'flaky' | 'unavailable' | 'resets' | 'hangs' | 'loses-orders';

/** Requests at one upstream since the last report. */
export interface Received {
  /** In milliseconds since 1970. */
  readonly arrivals: readonly number[];
  /** Number of different orders placed, by product. */
  readonly placed: Readonly<Record<string, number>>;
}

export type ToUpstreams = { readonly behavior: Behavior; readonly servers: readonly number[] } | 'report';
export type FromUpstreams = { readonly urls: readonly string[] } | { readonly received: readonly Received[] };

/** Upstreams of several gateways on one thread of their own. All of them respond alike to the same requests. */
export interface Upstreams {
  readonly urls: readonly string[];
  /** Changes the behavior of these upstreams from now on. */
  behave(servers: readonly number[], behavior: Behavior): void;
  report(): Promise<readonly Received[]>;
  stop(): Promise<void>;
}

export async function startUpstreams(count: number): Promise<Upstreams> {
  const worker = new Worker(new URL('./upstreams.worker.ts', import.meta.url), { workerData: count });
  const [{ urls }] = (await once(worker, 'message')) as [{ urls: readonly string[] }];
  const say = (message: ToUpstreams): void => worker.postMessage(message, []);
  return {
    urls,
    behave: (servers, behavior) => say({ servers, behavior }),
    report: async () => {
      say('report');
      const [{ received }] = (await once(worker, 'message')) as [{ received: readonly Received[] }];
      return received;
    },
    stop: async () => void (await worker.terminate()),
  };
}
