import { seeded } from '@film-store/core';
import type { Benchmark, Measured, Plot } from './benchmark.ts';
import { type RuleName, ruleNames, rules } from './breaker-rules.ts';
import { measureDeadUpstreams } from './dead-upstream.ts';

const HEALTHY_S = 10;
const HEALTHY_ERROR_RATE = 0.005;
const OUTAGES = 100;
/** Calls after which an outage counts as not seen. */
const MOST_CALLS = 5_000;
const LONG_RUN = 10_000_000;
const RUN = 1_000_000;

const DEFAULT_RATE = 80;
const REQUEST_RATES = [5, 20, 80, 160, 320];
const OUTAGE_ERROR_RATES = [0.5, 0.6, 0.7, 0.8, 0.9, 1];
const USUAL_ERROR_RATES = [0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4];

type Random = () => number;

/** Returns the mean number of calls from the start of a failure until the rule opens the breaker; at most `MOST_CALLS`. */
function meanDelay(name: RuleName, errorRate: number, perSecond: number): number {
  let total = 0;
  for (let outage = 0; outage < OUTAGES; outage += 1) {
    const random = seeded(outage + 1);
    const rule = rules[name]();
    let nth = 0;
    const call = (rate: number): boolean => rule.record(random() < rate, (nth++ * 1000) / perSecond);
    // A rule that opens in the healthy time opens for no reason, and goes on.
    for (let healthy = HEALTHY_S * perSecond; healthy > 0; healthy -= 1) call(HEALTHY_ERROR_RATE);
    let calls = 1;
    while (!call(errorRate) && calls < MOST_CALLS) calls += 1;
    total += calls;
  }
  return total / OUTAGES;
}

/** Independent failures: each call fails with the same probability. */
const independent = (errorRate: number) => (random: Random) => () => random() < errorRate;

/** Failures in runs: a failure is followed by another one with the probability `again`. */
const inRuns = (errorRate: number, again: number) => (random: Random) => {
  // The share of failures is start / (start + 1 - again).
  const start = (errorRate * (1 - again)) / (1 - errorRate);
  let failing = false;
  return () => (failing = random() < (failing ? again : start));
};

/** Counts how often a rule opens the breaker in `calls` calls at 80/s, although nothing has changed. */
function countFalseTrips(name: RuleName, calls: number, failures: ReturnType<typeof independent>): number {
  const fails = failures(seeded(1));
  let trips = 0;
  let rule = rules[name]();
  for (let nth = 0; nth < calls; nth += 1) {
    if (!rule.record(fails(), (nth * 1000) / DEFAULT_RATE)) continue;
    trips += 1;
    rule = rules[name]();
  }
  return trips;
}

/**
 * Returns the mean number of calls until the excess of failures over successes, never below 0, is `threshold`, for
 * independent failures: the sum of the mean numbers of calls from each excess to the next.
 */
export function meanCallsBetweenAlarms(errorRate: number, threshold: number): number {
  let step = 0;
  let total = 0;
  for (let excess = 0; excess < threshold; excess += 1) {
    step = (1 + (1 - errorRate) * step) / errorRate;
    total += step;
  }
  return total;
}

const delayPlot = (
  title: string,
  x: string,
  points: (name: RuleName) => Plot['series'][number]['points'],
): Plot => ({
  title,
  x,
  y: 'calls until open',
  series: ruleNames.map((name) => ({ name, points: points(name) })),
});

function simulate(report: (progress: string) => void): { measured: Measured[]; plots: Plot[] } {
  report('outages');
  const byErrorRate = delayPlot(
    `Calls that fail before the breaker opens, at ${DEFAULT_RATE} calls/s`,
    'percent of the calls that fail',
    (name) => OUTAGE_ERROR_RATES.map((rate) => [rate * 100, meanDelay(name, rate, DEFAULT_RATE)]),
  );
  const byRequestRate = delayPlot(
    'Calls before the breaker opens if all calls fail',
    'calls per second',
    (name) => REQUEST_RATES.map((perSecond) => [perSecond, meanDelay(name, 1, perSecond)]),
  );
  report('false trips');
  const falseTrips: Plot = {
    title: `False trips in ${RUN} calls at ${DEFAULT_RATE} calls/s, as a power of ten (-1: none)`,
    x: 'percent of the calls that fail as usual',
    y: 'log10 of the false trips',
    series: ruleNames.map((name) => ({
      name,
      points: USUAL_ERROR_RATES.map((rate) => {
        const trips = countFalseTrips(name, RUN, independent(rate));
        return [rate * 100, trips === 0 ? -1 : Math.log10(trips)] as const;
      }),
    })),
  };
  const delays = ruleNames.map((name): Measured => ({
    name: `all calls fail at ${DEFAULT_RATE}/s, simulated: calls until open, ${name}`,
    unit: 'count',
    value: meanDelay(name, 1, DEFAULT_RATE),
  }));
  report('ten million calls');
  return {
    measured: [
      ...delays,
      {
        name: '3 % fail, each independently: false trips of ours in 10⁷ calls',
        unit: 'count',
        value: countFalseTrips('ours', LONG_RUN, independent(0.03)),
        goal: '≤ 0',
      },
      {
        name: '3 % fail, a third of the failures followed by another: false trips of ours in 10⁷ calls',
        unit: 'count',
        value: countFalseTrips('ours', LONG_RUN, inRuns(0.03, 1 / 3)),
        goal: '≤ 0',
      },
      {
        name: '3 % fail, half of the failures followed by another: false trips of ours in 10⁷ calls',
        unit: 'count',
        value: countFalseTrips('ours', LONG_RUN, inRuns(0.03, 1 / 2)),
      },
      {
        name: '3 % fail, half of the failures followed by another: false trips of gobreaker in 10⁷ calls',
        unit: 'count',
        value: countFalseTrips('gobreaker', LONG_RUN, inRuns(0.03, 1 / 2)),
      },
      {
        name: '3 % fail independently: calls between false trips of the test, computed, power of ten',
        unit: 'count',
        value: Math.log10(meanCallsBetweenAlarms(0.03, 14)),
        goal: '≥ 7',
      },
    ],
    plots: [byErrorRate, byRequestRate, falseTrips],
  };
}

export const breakerBenchmark: Benchmark = {
  name: 'breaker',
  question: 'How many calls does a breaker need to see an outage, and how often does it open for no reason?',
  load: `simulated: ${OUTAGES} outages after ${HEALTHY_S} s with 0.5 % errors, each rule from its documentation; measured: a stand-in over HTTP at 20, 80 and 320 calls/s that fails or hangs after 10 s of health, 3 rounds, median`,
  async run(report) {
    const { measured, plots } = simulate(report);
    return { measured: [...(await measureDeadUpstreams(report)), ...measured], plots };
  },
};
