import { QueueingUpstream, type Totals } from '../../libs/resilience/test/queueing-upstream.ts';
import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { sendAtRate } from './overload/mix.ts';
import { competitors, ours, withGateway, withSubject } from './overload/subjects.ts';

/** Eight at a time, 80 ms each. */
const CAPACITY = 100;
const TIMES = 10;
/** Deadline of reads, in milliseconds. */
const READ_MS = 1000;
const WARM_UP_S = 5;
/** Time in which the gateways adapt, in seconds. */
const SETTLE_S = 20;
const MEASURED_S = 10;

const SIMULATED = [
  { concurrency: 1, serviceMs: 50, gateways: 1 },
  { concurrency: 4, serviceMs: 100, gateways: 1 },
  { concurrency: 4, serviceMs: 100, gateways: 2 },
  { concurrency: 16, serviceMs: 20, gateways: 1 },
];

const LIMITS = { adaptive: true, 'fixed at 64': false };

interface Found {
  readonly orders: number;
  readonly readsP99Ms: number;
  /** Successful requests, as a fraction of the capacity. */
  readonly goodput: number;
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** The fixed limit has no goals. */
function figures(name: string, adaptive: boolean, { orders, readsP99Ms, goodput }: Found): Measured[] {
  const aim = (goal: string) => (adaptive ? { goal } : {});
  return [
    { name: `${name}: orders done`, unit: 'share', value: orders, ...aim('≥ 99.9 %') },
    { name: `${name}: reads, p99`, unit: 'ms', value: readsP99Ms, ...aim(`≤ ${READ_MS}`) },
    { name: `${name}: goodput, of the capacity`, unit: 'share', value: goodput, ...aim('≥ 90 %') },
  ];
}

async function simulate(
  bulkheadAdaptive: boolean,
  { gateways, ...capacity }: (typeof SIMULATED)[number],
): Promise<Found> {
  const upstream = new QueueingUpstream({ gateways, bulkheadAdaptive });
  const perSecond = (capacity.concurrency * 1000) / capacity.serviceMs;
  await upstream.run(capacity, { rps: perSecond / 2, seconds: 10 });
  await upstream.run(capacity, { rps: perSecond * TIMES, seconds: 40 });
  const totals = await upstream.run(capacity, { rps: perSecond * TIMES, seconds: MEASURED_S });
  const { critical, normal, sheddable } = totals;
  const succeeded = Object.values(totals).reduce((sum: number, each: Totals) => sum + each.succeeded, 0);
  return {
    orders: critical.succeeded / critical.sent,
    readsP99Ms: percentile(ascending([...normal.latenciesMs, ...sheddable.latenciesMs]), 0.99),
    goodput: succeeded / (perSecond * MEASURED_S),
  };
}

/** Measures two gateways in front of a service that queues without shedding. */
const measure = (catalog: string, adaptive: boolean): Promise<Found> => {
  const env = { OVERLOAD_STRATEGY: 'off', UPSTREAM_CATALOG_BULKHEAD_ADAPTIVE: String(adaptive) };
  const measureBoth = async (gateways: readonly string[]): Promise<Found> => {
    const send = async (rps: number, seconds: number) => {
      const each = { rps: rps / gateways.length, seconds };
      return (await Promise.all(gateways.map((gateway) => sendAtRate(`${gateway}/api`, each)))).flat();
    };
    await send(CAPACITY / 2, WARM_UP_S);
    await send(CAPACITY * TIMES, SETTLE_S);
    const results = await send(CAPACITY * TIMES, MEASURED_S);
    const orders = results.filter(({ priority }) => priority === 'critical');
    const reads = results.filter(({ priority, done }) => done && priority !== 'critical');
    return {
      orders: orders.filter(({ done }) => done).length / orders.length,
      readsP99Ms: percentile(ascending(reads.map(({ ms }) => ms)), 0.99),
      goodput: results.filter(({ done, ms }) => done && ms <= READ_MS).length / (MEASURED_S * CAPACITY),
    };
  };
  return withGateway(catalog, (one) => withGateway(catalog, (other) => measureBoth([one, other]), env), env);
};

export const outboundLimitBenchmark: Benchmark = {
  name: 'outbound-limit',
  question: 'What does an adaptive limit of calls save behind an upstream that queues without shedding?',
  load:
    `${TIMES} × the capacity of the upstream, open loop, 5 % orders, 65 % normal and 30 % sheddable reads. Sockets: two ` +
    `gateways without load shedding, and a catalog of 8 × 80 ms at a time, after ${SETTLE_S} s at this load, for ${MEASURED_S} s. ` +
    'Simulated: the pipelines of gateways in virtual time, each call with 1 s; the upstream also works on requests whose ' +
    'callers have left',
  async run(report) {
    const measured: Measured[] = [];
    for (const each of SIMULATED)
      for (const [limit, adaptive] of Object.entries(LIMITS)) {
        const name = `simulated, ${each.gateways} × gateway, ${each.concurrency} × ${each.serviceMs} ms, ${limit}`;
        report(name);
        measured.push(...figures(name, adaptive, await simulate(adaptive, each)));
      }
    const [unlimited = ours] = competitors;
    for (const [limit, adaptive] of Object.entries(LIMITS)) {
      const name = `sockets, 2 × gateway, 8 × 80 ms, ${limit}`;
      report(name);
      const found = await withSubject(unlimited, (catalog) => measure(catalog, adaptive));
      measured.push(...figures(name, adaptive, found));
    }
    return { measured };
  },
};
