import type { Benchmark } from './benchmark.ts';
import { LOAD, toFigures, measureCosts, ratio, roundsPlot } from './gateways/cost.ts';
import { bareForwarder, ourGateway } from './gateways/subjects.ts';

/** CPU per product page of the whole gateway, against the least that puts the same page together. */
export const overheadVsBareBenchmark: Benchmark = {
  name: 'overhead-vs-bare',
  question: 'How far is our gateway from the least that Node can do for a product page?',
  load: LOAD,
  async run(tell) {
    const costs = await measureCosts([ourGateway('our gateway'), bareForwarder], tell);
    const [ours, bare] = costs;
    if (!ours || !bare) throw new Error('a subject is missing');
    return {
      measured: [
        {
          name: `our gateway / ${bareForwarder.name}`,
          unit: 'ratio',
          value: ratio(ours, bare),
          goal: '≤ 2.0',
        },
        ...toFigures(costs),
      ],
      plots: [roundsPlot(costs)],
    };
  },
};
