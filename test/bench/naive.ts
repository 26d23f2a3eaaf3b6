import type { Benchmark, Outcome } from './benchmark.ts';
import { bulkhead } from './naive/bulkhead.ts';
import type { Fault } from './naive/fault.ts';
import { hang } from './naive/hang.ts';
import { lastKnownGood } from './naive/last-known-good.ts';
import { lostResponses } from './naive/lost-responses.ts';
import { outage } from './naive/outage.ts';

const faults: readonly Fault[] = [hang, outage, bulkhead, lastKnownGood, lostResponses];

/** One fault after another, each behind fresh gateways: naive ones and ours, side by side. */
export const naiveBenchmark: Benchmark = {
  name: 'naive',
  question: 'What does each pattern change, compared with a Nest gateway that has none of them?',
  load: [
    'The load on each gateway.',
    ...faults.map(({ load }) => load),
    'Clients wait for at most 10 s',
  ].join(' '),
  async run(report) {
    const outcomes: Outcome[] = [];
    for (const { measure } of faults) outcomes.push(await measure(report));
    return {
      measured: outcomes.flatMap(({ measured }) => measured),
      plots: outcomes.flatMap(({ plots = [] }) => plots),
    };
  },
};
