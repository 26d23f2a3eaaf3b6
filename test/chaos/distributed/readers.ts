import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';

const POLL_MS = 100;
/** Time that a client waits for a response, in milliseconds: one second longer than a read may take. */
const PATIENCE_MS = 2000;

/** Result of one read. */
export interface ReadOutcome {
  /** `error` if neither gateway responded. */
  readonly status: number | 'error';
  readonly degraded: boolean;
}

/**
 * Reads like a balancer: calls in turn the gateways whose `/health/ready` was 200 a tenth of a second ago. If a gateway
 * dies before it responds, the other one gets the call once. Any response is final.
 */
export function followReadiness(urls: readonly string[], dispatcher: Dispatcher) {
  const targets = urls.map((url) => ({ url, ready: true }));
  const stop = new AbortController();
  const get = async (url: string): Promise<ReadOutcome> => {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const { statusCode, headers, body } = await request(url, { dispatcher, signal });
      await body.dump();
      return { status: statusCode, degraded: headers['x-degraded'] !== undefined };
    } catch {
      return { status: 'error', degraded: false };
    }
  };
  const following = targets.map(async (target) => {
    while (!stop.signal.aborted) {
      target.ready = (await get(`${target.url}/health/ready`)).status === 200;
      await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  });
  let turn = 0;
  const choose = () => {
    const ready = targets.filter((target) => target.ready);
    const from = ready.length > 0 ? ready : targets;
    return from[turn++ % from.length]!;
  };
  return {
    readyUrls: (): string[] => targets.filter(({ ready }) => ready).map(({ url }) => url),
    async read(path: string): Promise<ReadOutcome> {
      const target = choose();
      const outcome = await get(target.url + path);
      if (outcome.status !== 'error') return outcome;
      target.ready = false;
      return get(choose().url + path);
    },
    async stop(): Promise<void> {
      stop.abort();
      await Promise.all(following);
    },
  };
}
