import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 100;
const paths = ['/health/live', '/health/ready', '/ops/resilience', '/metrics'];

export interface Probes {
  /** Response times in milliseconds. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

/** Sends the requests of orchestrators and operators until the signal ends. */
export async function probe(url: string, signal: AbortSignal): Promise<Probes> {
  const latencies: number[] = [];
  let failed = 0;
  const one = async (path: string): Promise<void> => {
    const began = performance.now();
    try {
      const response = await fetch(url + path);
      await response.arrayBuffer();
      if (!response.ok) failed += 1;
    } catch {
      failed += 1;
    }
    latencies.push(performance.now() - began);
  };
  const inFlight: Promise<void>[] = [];
  while (!signal.aborted) {
    inFlight.push(...paths.map(one));
    await sleep(EVERY_MS);
  }
  await Promise.all(inFlight);
  return { latencies, failed };
}
