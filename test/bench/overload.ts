import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured, Plot } from './benchmark.ts';
import { type RequestResult, sendAtRate, saturate } from './overload/mix.ts';
import { type Probes, probe } from './overload/probes.ts';
import { type Subject, ours, competitors, withSubject } from './overload/subjects.ts';

const IN_TIME_MS = 500;
const CAPACITY = { atATime: 8, seconds: 3 };
const TIMES = [1, 2, 5, 10];
const MOST = 10;
/** Time at each load before its measurement, in seconds. */
const SETTLE_S = 2;
const MEASURED_S = 5;
/** Long enough for a thousand orders. */
const OURS_AT_MOST_S = 20;

/** Result of one load, which is a multiple of the capacity. */
interface Level {
  readonly times: number;
  /** Requests per second with a 2xx within 500 ms. */
  readonly goodput: number;
  readonly results: readonly RequestResult[];
}

interface Findings {
  readonly name: string;
  readonly levels: readonly Level[];
  /** Results at the highest load. */
  readonly probes: Probes;
}

async function measureLevel(url: string, capacity: number, times: number, seconds: number): Promise<Level> {
  const rps = Math.round(capacity * times);
  await sendAtRate(url, { rps, seconds: SETTLE_S });
  const results = await sendAtRate(url, { rps, seconds });
  const good = results.filter(({ done, ms }) => done && ms <= IN_TIME_MS).length;
  return { times, goodput: good / seconds, results };
}

async function measure(
  subject: Subject,
  capacity: number,
  report: (progress: string) => void,
): Promise<Findings> {
  return withSubject(subject, async (url) => {
    const levels: Level[] = [];
    let probes: Probes = { latencies: [], failed: 0 };
    for (const times of TIMES) {
      report(`${subject.name} at ${times} × the capacity`.padEnd(60));
      const most = times === MOST;
      const end = new AbortController();
      const probing = most ? probe(url, end.signal) : undefined;
      levels.push(
        await measureLevel(
          url,
          capacity,
          times,
          most && subject === ours ? OURS_AT_MOST_S : MEASURED_S,
        ).finally(() => end.abort()),
      );
      if (probing) probes = await probing;
    }
    return { name: subject.name, levels, probes };
  });
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
const GOALS: Readonly<Record<number, string>> = { 2: '≥ 95 %', 5: '≥ 95 %', 10: '≥ 90 %' };

/** Other libraries have no goals. */
const aimed = (figure: Measured, goal: string | undefined): Measured =>
  goal === undefined ? figure : { ...figure, goal };

/** Goodput as a fraction of the best of all subjects at any load, completed orders, and the probes. */
function figures({ name, levels, probes }: Findings, peak: number, goals: boolean): Measured[] {
  const highest = levels.find(({ times }) => times === MOST)?.results ?? [];
  const orders = highest.filter(({ priority }) => priority === 'critical');
  const done = orders.filter((order) => order.done).length / orders.length;
  const p99 = percentile(ascending(probes.latencies), 0.99);
  const aim = (goal: string | undefined): string | undefined => (goals ? goal : undefined);
  return [
    ...levels
      .filter(({ times }) => times > 1)
      .map(({ times, goodput }) =>
        aimed(
          { name: `${name}: goodput at ${times} ×, of the peak`, unit: 'share', value: goodput / peak },
          aim(GOALS[times]),
        ),
      ),
    aimed({ name: `${name}: orders done at ${MOST} ×`, unit: 'share', value: done }, aim('≥ 99.9 %')),
    aimed(
      { name: `${name}: health, metrics and ops at ${MOST} ×, p99`, unit: 'ms', value: p99 },
      aim('≤ 100'),
    ),
    aimed({ name: `${name}: probes without status 200`, unit: 'count', value: probes.failed }, aim('≤ 0')),
  ];
}

const overLoad = (all: readonly Findings[], y: (level: Level) => number): Plot['series'] =>
  all.map(({ name, levels }) => ({ name, points: levels.map((level) => [level.times, y(level)] as const) }));

/** Latency of all completed requests, late ones included. Rejections are fast, and would hide it. */
const latency =
  (share: number) =>
  ({ results }: Level): number =>
    percentile(ascending(results.filter(({ done }) => done).map(({ ms }) => ms)), share);

export const overloadBenchmark: Benchmark = {
  name: 'overload',
  question: 'How much of its peak goodput does a service keep when the load far exceeds its capacity?',
  load:
    `${TIMES.join(' ×, ')} × the measured capacity of a service of 8 × 80 ms at a time, open loop. 5 % orders (critical), ` +
    `65 % normal and 30 % sheddable reads. ${SETTLE_S} s to settle, ${MEASURED_S} s measured, ours at ${MOST} × for ` +
    `${OURS_AT_MOST_S} s. Good is a 2xx within ${IN_TIME_MS} ms of when the request was due`,
  async run(report) {
    report('measuring the capacity');
    const off = competitors[0] ?? ours;
    const capacity = await withSubject(off, (url) => saturate(url, CAPACITY.atATime, CAPACITY.seconds));
    const all: Findings[] = [];
    for (const subject of [ours, ...competitors]) all.push(await measure(subject, capacity, report));
    const peak = Math.max(...all.flatMap(({ levels }) => levels.map(({ goodput }) => goodput)));
    const lateness = all.flatMap(({ levels }) =>
      levels.flatMap(({ results }) => results.map(({ lateMs }) => lateMs)),
    );
    return {
      measured: [
        ...all.flatMap((findings, index) => figures(findings, peak, index === 0)),
        { name: 'capacity, closed loop', unit: '/s', value: capacity },
        { name: 'peak goodput', unit: '/s', value: peak },
        { name: 'requests sent late, p99', unit: 'ms', value: percentile(ascending(lateness), 0.99) },
      ],
      plots: [
        {
          title: 'Goodput over offered load',
          x: 'multiple of the capacity',
          y: '2xx within 500 ms, per second',
          series: overLoad(all, ({ goodput }) => goodput),
        },
        {
          title: 'Median latency of completed requests, over offered load',
          x: 'multiple of the capacity',
          y: 'ms',
          series: overLoad(all, latency(0.5)),
        },
        {
          title: '99th percentile of the latency of completed requests, over offered load',
          x: 'multiple of the capacity',
          y: 'ms',
          series: overLoad(all, latency(0.99)),
        },
      ],
    };
  },
};
