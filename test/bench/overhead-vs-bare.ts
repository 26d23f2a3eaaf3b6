import type { Benchmark } from './benchmark.ts';
import { LOAD, findCost, toFigures, measureCosts, ratio, roundsPlot } from './gateways/cost.ts';
import { bareForwarder, ourGateway } from './gateways/subjects.ts';

/** CPU per product page of the full gateway, compared with the minimum that composes the same page. */
export const overheadVsBareBenchmark: Benchmark = {
  name: 'overhead-vs-bare',
  question: 'How far is our gateway from the minimum cost of a product page in Node?',
  load: LOAD,
  async run(report) {
    const costs = await measureCosts([ourGateway('our gateway'), bareForwarder], report);
    return {
      measured: [
        {
          name: `our gateway / ${bareForwarder.name}`,
          unit: 'ratio',
          value: ratio(findCost(costs, 'our gateway'), findCost(costs, bareForwarder.name)),
          goal: '≤ 2.0',
        },
        ...toFigures(costs),
      ],
      plots: [roundsPlot(costs)],
    };
  },
};
