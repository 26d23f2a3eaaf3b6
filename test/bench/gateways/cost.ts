import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../../load/percentiles.ts';
import type { Measured, Plot } from '../benchmark.ts';
import { median } from '../median.ts';
import { films } from './films.ts';
import { type RunningSubject, startSubjects } from './start.ts';
import type { Subject } from './subjects.ts';

const PAGES = 2_000;
const AT_A_TIME = 8;
const ROUNDS = 5;
/** V8 optimizes equal processes differently: their costs differ by up to 40 %. */
const PROCESSES = 3;
/** Until V8 has optimized the code that a page takes: 60,000 pages in our gateway, and 30,000 in the others. */
const WARM_UP = 60_000;
/** Time until the spans of a round have left the process, in milliseconds. */
const SETTLE_MS = 700;

export const LOAD =
  `${PAGES} product pages, ${AT_A_TIME} at a time, ${ROUNDS} interleaved rounds after ${WARM_UP} pages of warm-up, ` +
  `median of the rounds, each the mean of ${PROCESSES} equal processes; each film in turn, so that no two concurrent reads are equal`;

export interface Cost {
  readonly name: string;
  /** CPU time per page in microseconds, by round: the mean of the processes. */
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
  const { all, stop } = await startSubjects(Array.from({ length: PROCESSES }, () => subjects).flat());
  try {
    for (const subject of all) {
      report(`warming up ${subject.name}`.padEnd(60));
      await visitPages(subject, WARM_UP);
    }
    const costs = subjects.map(({ name }) => ({
      name,
      processes: all.filter((each) => each.name === name),
      cpuUs: [] as number[],
      latenciesMs: [] as number[],
      failed: 0,
    }));
    for (let round = 0; round < ROUNDS; round++) {
      for (let turn = 0; turn < PROCESSES; turn++) {
        for (const cost of rotate(costs, round + turn)) {
          report(`round ${round + 1} of ${ROUNDS}: ${cost.name}`.padEnd(60));
          const process = cost.processes[turn];
          if (!process) continue;
          const cpuUs = await measureRound(process, cost);
          cost.cpuUs[round] = (cost.cpuUs[round] ?? 0) + cpuUs / PROCESSES;
        }
      }
    }
    return await Promise.all(
      costs.map(async ({ name, processes, cpuUs, latenciesMs, failed }) => ({
        name,
        cpuUs,
        latenciesMs: latenciesMs.toSorted((a, b) => a - b),
        rssMiB: mean(
          await Promise.all(processes.map(async ({ usage }) => (await usage()).rssBytes / 1024 ** 2)),
        ),
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

/** Requests pages, eight at a time. @throws Error if one fails */
export const visitPages = (subject: RunningSubject, pages: number): Promise<void> =>
  get(pages, async () => {
    if (!(await subject.page(nextId()))) throw new Error(`a page of ${subject.name} failed`);
  });

interface Tally {
  readonly latenciesMs: number[];
  failed: number;
}

/** Returns the list from another start, so that each subject is measured early and late in a round. */
const rotate = <T>(list: readonly T[], by: number): readonly T[] => {
  const start = by % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
};

/** Loads a process for one round. Resolves with its CPU time per page in microseconds. */
async function measureRound({ page, usage }: RunningSubject, tally: Tally): Promise<number> {
  const before = await usage();
  await get(PAGES, async () => {
    const began = performance.now();
    if (!(await page(nextId()))) tally.failed += 1;
    tally.latenciesMs.push(performance.now() - began);
  });
  await sleep(SETTLE_MS);
  return ((await usage()).cpuUs - before.cpuUs) / PAGES;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

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
