import type { Table } from '../../bench/benchmark.ts';
import type { Discrepancies } from '../exactly-once/reconcile.ts';
import type { Observation, Tolerance } from '../experiment.ts';
import { takeFirst, listed } from '../observations.ts';
import { type FaultPeriod, percentileMs, servedShare, surprisedShare, tally } from './timeline.ts';
import type { Stage, StoreExperiment } from './design.ts';
import type { Visit } from './visits.ts';

/** Pages count as complete from 99 % on; of the 60 reads without a fault, all must be. */
const WHOLE_SHARE = 0.99;
/** A fault has 200 reads and more, too few to measure 99.9 %: two of them may fail. */
const SERVED_AT_WORST_SHARE = 0.99;
/**
 * Largest fraction of unexpected degradations. On a busy machine an attempt or two time out: 4 of 467 reads at a load
 * average of 18 on two cores, none in a ladder with more reads. A degradation that the design does not expect happens more often.
 */
const SURPRISED_SHARE = 0.02;

const WHOLE = 'pages that are whole while nothing is broken';
const CLOSED = 'breakers not closed then';
const SERVED = 'pages served in time';
const SERVED_AT_WORST = 'the same, during the worst fault';
const SURPRISED = 'degraded in another way than expected';
const WHOLE_AGAIN = 'whole again after the fault';
const LOST = 'orders lost';
const TWICE = 'orders placed twice';
const STOCK = 'films of which the stock does not add up';
const ATTEMPTS = 'attempts per call at what fails';

/** Result of a stage. */
export interface StageResult extends FaultPeriod {
  readonly visits: readonly Visit[];
  readonly wholeAgainS: number | undefined;
  /** Attempts per call at the failing upstream; 0 if that is not measured. */
  readonly attemptsPerCall: number;
  /** Number of observations of each signal that the stage must show. */
  readonly shown: ReadonlyMap<string, number>;
}

/** The data that a run is judged by. */
export interface Seen {
  /** Reads of some seconds without a fault: before the first fault, or after the rollbacks. */
  readonly calm: readonly Visit[];
  /** Breakers that are not closed then. */
  readonly notClosed: readonly string[];
  /** Reads from the start of a fault until pages are complete again; before the first fault, all reads. */
  readonly broken: readonly Visit[];
  readonly stages: readonly StageResult[];
  /** `feature;reason` of each part that may be degraded. */
  readonly expected: ReadonlySet<string>;
  /** Absent while orders are in flight. */
  readonly books?: Discrepancies;
}

export const toHypothesis = (bounds: StoreExperiment['bounds']): Record<string, Tolerance> => ({
  [WHOLE]: { atLeast: WHOLE_SHARE, unit: 'share' },
  [CLOSED]: { exactly: 0 },
  [SERVED]: { atLeast: bounds.served, unit: 'share' },
  [SERVED_AT_WORST]: { atLeast: Math.min(bounds.served, SERVED_AT_WORST_SHARE), unit: 'share' },
  [SURPRISED]: { atMost: SURPRISED_SHARE, unit: 'share' },
  [WHOLE_AGAIN]: { atMost: bounds.wholeAgainS, unit: 's' },
  [LOST]: { exactly: 0 },
  [TWICE]: { exactly: 0 },
  [STOCK]: { exactly: 0 },
  ...(bounds.amplification && { [ATTEMPTS]: { atMost: bounds.amplification.atMost, unit: 'ratio' } }),
});

export function toObservations({
  calm,
  notClosed,
  broken,
  stages,
  expected,
  books,
}: Seen): Record<string, Observation> {
  const shares =
    stages.length === 0 ? [servedShare(broken)] : stages.map(({ visits }) => servedShare(visits));
  return {
    [WHOLE]: {
      value: calm.filter(({ outcome }) => outcome === 'good').length / calm.length,
      examples: formatExamples(tally(calm)),
    },
    [CLOSED]: listed(notClosed),
    [SERVED]: {
      value: servedShare(broken),
      examples: formatExamples(tally(broken.filter((visit) => servedShare([visit]) === 0))),
    },
    [SERVED_AT_WORST]: {
      value: Math.min(...shares),
      examples: stages
        .filter(({ visits }) => servedShare(visits) < SERVED_AT_WORST_SHARE)
        .map(({ name }) => name),
    },
    [SURPRISED]: {
      value: surprisedShare(broken, expected),
      examples: formatExamples(tally(broken.filter((visit) => surprisedShare([visit], expected) === 1))),
    },
    [WHOLE_AGAIN]: { value: Math.max(0, ...stages.map(({ wholeAgainS = Number.NaN }) => wholeAgainS)) },
    [LOST]: listed(books?.lost ?? []),
    [TWICE]: listed(books?.duplicated ?? []),
    [STOCK]: listed(books?.stock ?? []),
    [ATTEMPTS]: { value: Math.max(0, ...stages.map(({ attemptsPerCall }) => attemptsPerCall)) },
  };
}

const seenAs = (sign: string): string => `signal: ${sign}`;

/** Requires each signal in each of the stages that must show it. */
export const toTolerances = (stages: readonly Stage[]): Record<string, Tolerance> =>
  Object.fromEntries(stages.flatMap(({ shows }) => shows).map(({ name }) => [seenAs(name), { atLeast: 1 }]));

/** Returns the smallest number of observations of each signal. A stage that was not reached has shown nothing. */
export function toSignalCounts(
  stages: readonly Stage[],
  results: readonly Pick<StageResult, 'name' | 'shown'>[],
): Record<string, Observation> {
  const seen = Map.groupBy(
    stages.flatMap(({ shows }, nth) =>
      shows.map(({ name }) => ({
        sign: name,
        stage: results[nth]?.name ?? 'a stage that was not reached',
        times: results[nth]?.shown.get(name) ?? 0,
      })),
    ),
    ({ sign }) => sign,
  );
  return Object.fromEntries(
    [...seen].map(([sign, all]) => [
      seenAs(sign),
      {
        value: Math.min(...all.map(({ times }) => times)),
        examples: takeFirst(all.filter(({ times }) => times < 1).map(({ stage }) => `not in: ${stage}`)),
      },
    ]),
  );
}

const formatExamples = (counts: readonly [string, number][]): string[] =>
  takeFirst(counts).map(([what, count]) => `${count} × ${what}`);

export const toTable = (stages: readonly StageResult[]): Table => ({
  title: 'Faults',
  columns: ['fault', 's', 'reads', 'in time', 'p99, ms', 'whole again, s', 'signals', 'degradations'],
  rows: stages.map(({ name, from, to, visits, wholeAgainS, shown }) => [
    name,
    ((to - from) / 1000).toFixed(1),
    String(visits.length),
    `${servedShare(visits) >= SERVED_AT_WORST_SHARE ? '✓' : '✗'} ${(servedShare(visits) * 100).toFixed(2)} %`,
    percentileMs(visits, 0.99).toFixed(0),
    wholeAgainS === undefined ? '✗' : wholeAgainS.toFixed(1),
    [...shown].map(([sign, times]) => `${times} × ${sign}`).join(', '),
    formatExamples(tally(visits)).join(', ') || 'all whole',
  ]),
});
