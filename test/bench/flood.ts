import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import type { Flood, FloodResults } from './flood/flood.worker.ts';
import { withGateways } from './gateway.ts';
import { type Visit, visit } from './visits.ts';

const LOAD = { rps: 50, seconds: 6 };
const SETTLE_MS = 2000;
/** Unknown paths are rejected before Nest, invalid queries by the schema of a handler. */
const PATHS = { 'unknown paths': '/api/nowhere', 'invalid queries': '/api/products?limit=none' };
const CONNECTIONS = [100, 1000];
/** Latency objective of reads, in milliseconds. */
const OBJECTIVE_MS = 500;

/** Visits pages during a flood from a thread of its own. */
async function visitDuring(flood: Flood): Promise<{ visits: Visit[]; results: FloodResults }> {
  const worker = new Worker(new URL('./flood/flood.worker.ts', import.meta.url), { workerData: flood });
  try {
    await sleep(SETTLE_MS);
    const [visits = []] = await visit(LOAD, [flood.url]);
    worker.postMessage('end', []);
    const [results] = (await once(worker, 'message')) as [FloodResults];
    return { visits, results };
  } finally {
    await worker.terminate();
  }
}

const p50 = (visits: readonly Visit[]): number =>
  percentile(
    visits
      .filter(({ page }) => page !== 'none')
      .map(({ ms }) => ms)
      .toSorted((a, b) => a - b),
    0.5,
  );

function toFigures(name: string, visits: readonly Visit[], results: FloodResults): Measured[] {
  const responses = Object.values(results).reduce((sum, count) => sum + count, 0);
  const rejected = visits.filter(({ page }) => page === 'none').length;
  return [
    { name: `${name}: p50 of pages`, unit: 'ms', value: p50(visits), goal: `≤ ${OBJECTIVE_MS}` },
    { name: `${name}: pages rejected`, unit: 'share', value: rejected / visits.length },
    { name: `${name}: requests of the flood shed`, unit: 'share', value: (results[503] ?? 0) / responses },
  ];
}

export const floodBenchmark: Benchmark = {
  name: 'flood',
  question: 'How fast is a page during a flood of requests that are rejected?',
  load: `${LOAD.rps} product pages/s for ${LOAD.seconds} s; ${CONNECTIONS.join(' or ')} connections that send the next request at once`,
  run: (report) =>
    withGateways([{}], async ({ url }) => {
      await visit(LOAD, [url]);
      const [quiet = []] = await visit(LOAD, [url]);
      const measured: Measured[] = [{ name: 'no flood: p50 of pages', unit: 'ms', value: p50(quiet) }];
      for (const [name, path] of Object.entries(PATHS))
        for (const connections of CONNECTIONS) {
          const title = `${connections} × ${name}`;
          report(title.padEnd(60));
          const { visits, results } = await visitDuring({ url, path, connections });
          measured.push(...toFigures(title, visits, results));
          await sleep(SETTLE_MS);
        }
      return { measured };
    }),
};
