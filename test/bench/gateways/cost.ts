import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../load/percentiles.ts';
import type { Measured, Plot } from '../benchmark.ts';
import { median } from '../median.ts';
import { films } from './films.ts';
import { type RunningSubject, startSubjects } from './start.ts';
import type { Subject } from './subjects.ts';

const PAGES = 2_000;
const AT_A_TIME = 8;
const ROUNDS = 7;
/** Until V8 has optimized the code that a page takes: 25,000 pages in our gateway, and 10,000 in the others. */
const WARM_UP = 30_000;
/** Time until the spans of a round have left the process, in milliseconds. */
const SETTLE_MS = 700;

export const LOAD =
  `${PAGES} product pages, ${AT_A_TIME} at a time, ${ROUNDS} interleaved rounds after ${WARM_UP} pages of warm-up, ` +
  'median; each film in turn, so that no two concurrent reads are equal';

export interface Cost {
  readonly name: string;
  /** CPU time of the process per page in microseconds, by round. */
  readonly cpuUs: readonly number[];
  /** In milliseconds, ascending. */
  readonly latenciesMs: readonly number[];
  readonly rssMiB: number;
  readonly failed: number;
}

/**
 * Measures the cost of a page for each subject. Subjects take turns, so that all of them run under the same conditions.
 */
export async function measureCosts(
  subjects: readonly Subject[],
  report: (progress: string) => void,
): Promise<readonly Cost[]> {
  report('starting');
  const { all, stop } = await startSubjects(subjects);
  try {
    for (const subject of all) {
      report(`warming up ${subject.name}`.padEnd(60));
      await get(WARM_UP, async () => void (await subject.page(nextId())));
    }
    const costs = all.map((subject) => ({
      subject,
      cpuUs: [] as number[],
      latenciesMs: [] as number[],
      failed: 0,
    }));
    for (let round = 1; round <= ROUNDS; round++) {
      for (const cost of costs) {
        const { subject } = cost;
        report(`round ${round} of ${ROUNDS}: ${subject.name}`.padEnd(60));
        const before = await subject.usage();
        await load(cost);
        await sleep(SETTLE_MS);
        cost.cpuUs.push(((await subject.usage()).cpuUs - before.cpuUs) / PAGES);
      }
    }
    return await Promise.all(
      costs.map(async ({ subject, cpuUs, latenciesMs, failed }) => ({
        name: subject.name,
        cpuUs,
        latenciesMs: latenciesMs.toSorted((a, b) => a - b),
        rssMiB: (await subject.usage()).rssBytes / 1024 ** 2,
        failed,
      })),
    );
  } finally {
    await stop();
  }
}

/** @throws Error if no subject has the name */
export function findCost(costs: readonly Cost[], name: string): Cost {
  const cost = costs.find((each) => each.name === name);
  if (!cost) throw new Error(`there is no subject ${name}`);
  return cost;
}

let turn = 0;
const nextId = (): string => films[turn++ % films.length]?.id ?? '';

async function get(pages: number, one: () => Promise<void>): Promise<void> {
  let left = pages;
  const oneAfterAnother = async (): Promise<void> => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterAnother));
}

interface Tally {
  readonly subject: RunningSubject;
  readonly latenciesMs: number[];
  failed: number;
}

const load = (tally: Tally): Promise<void> =>
  get(PAGES, async () => {
    const began = performance.now();
    if (!(await tally.subject.page(nextId()))) tally.failed += 1;
    tally.latenciesMs.push(performance.now() - began);
  });

/** Returns the figures of each subject, grouped by kind. */
export const toFigures = (costs: readonly Cost[]): readonly Measured[] => [
  ...costs.map<Measured>(({ name, cpuUs }) => ({
    name: `${name}: CPU per page`,
    unit: 'µs',
    value: median(cpuUs),
  })),
  ...costs.flatMap<Measured>(({ name, latenciesMs }) => [
    { name: `${name}: p50`, unit: 'ms', value: percentile(latenciesMs, 0.5) },
    { name: `${name}: p99`, unit: 'ms', value: percentile(latenciesMs, 0.99) },
  ]),
  ...costs.map<Measured>(({ name, rssMiB }) => ({ name: `${name}: memory`, unit: 'MiB', value: rssMiB })),
  {
    name: 'failed pages, of all',
    unit: 'count',
    value: costs.reduce((sum, { failed }) => sum + failed, 0),
    goal: '≤ 0',
  },
];

/**
 * Returns the ratio of CPU times of `a` and `b`: the median over the rounds, because a round runs under one condition.
 */
export const ratio = ({ cpuUs }: Cost, b: Cost): number =>
  median(cpuUs.map((us, round) => us / (b.cpuUs[round] ?? Number.NaN)));

export const roundsPlot = (costs: readonly Cost[]): Plot => ({
  title: 'CPU per page, by round',
  x: 'round',
  y: 'µs',
  series: costs.map(({ name, cpuUs }) => ({ name, points: cpuUs.map((us, round) => [round + 1, us]) })),
});
