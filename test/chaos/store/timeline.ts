import type { Band, Plot } from '../../bench/benchmark.ts';
import { firstGoodSecond, perSecond } from '../../bench/series.ts';
import { percentile } from '../../load/percentiles.ts';
import type { BreakerSpell } from './breakers.ts';
import { type Visit, isServed } from './visits.ts';

const WHOLE_SHARE = 0.99;
const SECOND = 1000;

/** Start and end of a fault, in milliseconds. */
export interface FaultPeriod {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Fraction of visits with a page in time. NaN without visits. */
export const servedShare = (visits: readonly Visit[]): number =>
  visits.filter(isServed).length / visits.length;

/**
 * Fraction of visits with a degraded part that `expected` does not contain, as `feature;reason`. NaN without visits.
 */
export const surprisedShare = (visits: readonly Visit[], expected: ReadonlySet<string>): number =>
  visits.filter(
    ({ outcome, degradations }) => outcome === 'degraded' && degradations.some((part) => !expected.has(part)),
  ).length / visits.length;

/** Time from `from` until the first second in which 99 % of the pages are complete, in seconds. */
export function wholeAgainS(visits: readonly Visit[], from: number): number | undefined {
  const later = visits.filter(({ at }) => at >= from).toSorted((a, b) => a.at - b.at);
  const events = later.map(({ at, outcome }) => ({ at, good: outcome === 'good' }));
  const found = firstGoodSecond(events, from, WHOLE_SHARE);
  return found === undefined ? undefined : (found - from) / SECOND;
}

/** Counts each degradation, the most frequent first. */
export function tally(visits: readonly Visit[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const part of visits.flatMap(({ degradations }) => degradations))
    counts.set(part, (counts.get(part) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

export const percentileMs = (visits: readonly Visit[], share: number): number =>
  percentile(
    visits.map(({ ms }) => ms).toSorted((a, b) => a - b),
    share,
  );

/** Plots the visits by second, with the faults and the states of the breakers. */
export function toPlots(
  visits: readonly Visit[],
  faults: readonly FaultPeriod[],
  breakers: readonly BreakerSpell[],
): Plot[] {
  const start = Math.min(...visits.map(({ at }) => at));
  const end = Math.max(...visits.map(({ at }) => at));
  const band = (name: string, kind: Band['kind'], from: number, to: number): Band => ({
    name,
    kind,
    from: (from - start) / SECOND,
    to: (to - start) / SECOND,
  });
  const bands = [
    ...faults.map(({ name, from, to }) => band(name, 'fault', from, to)),
    ...breakers
      .filter(({ state, to }) => state !== 'closed' && to >= start)
      .map(({ upstream, state, from, to }) =>
        band(`breaker of ${upstream}: ${state}`, state === 'open' ? 'open' : 'probing', from, to),
      ),
  ];
  const responses = (['good', 'degraded', 'shed', 'failed'] as const).map((outcome) => ({
    name: outcome,
    points: perSecond(
      visits.filter((visit) => visit.outcome === outcome).map(({ at }) => at),
      start,
      end,
    ),
  }));
  const bySecond = Map.groupBy(visits, ({ at }) => Math.floor((at - start) / SECOND));
  const p99 = [...bySecond]
    .toSorted(([a], [b]) => a - b)
    .map(([second, of]): [number, number] => [second, percentileMs(of, 0.99)]);
  return [
    { title: 'Responses', x: 'seconds', y: 'per second', series: responses, bands },
    { title: 'Response times', x: 'seconds', y: 'ms', series: [{ name: 'p99', points: p99 }], bands },
  ];
}
