import type { Benchmark } from './benchmark.ts';
import { LOAD, findCost, toFigures, measureCosts, ratio, roundsPlot } from './gateways/cost.ts';
import { naiveGateway, ourGateway } from './gateways/subjects.ts';
import { serviceArguments } from '../../deploy/local/services.ts';

/** CPU per product page of the full gateway, compared with simpler gateways. */
export const gatewayOverheadBenchmark: Benchmark = {
  name: 'gateway-overhead',
  question: 'What does a product page cost our gateway, compared with simpler ones?',
  load: LOAD,
  async run(report) {
    const costs = await measureCosts(
      [
        ourGateway('our gateway'),
        naiveGateway(),
        ourGateway('tracing off', { sampled: 0 }),
        ourGateway('all traces', { sampled: 1 }),
        ourGateway('logging off', { logLevel: 'silent' }),
        ourGateway('young generation of 4 MiB', {
          args: serviceArguments('gateway').map((argument) =>
            argument.startsWith('--max-semi-space-size') ? '--max-semi-space-size=4' : argument,
          ),
        }),
      ],
      report,
    );
    const ours = findCost(costs, 'our gateway');
    return {
      measured: [
        {
          name: 'our gateway / naive Nest gateway',
          unit: 'ratio',
          value: ratio(ours, findCost(costs, 'naive Nest gateway')),
          goal: '≤ 0.6',
        },
        {
          name: 'traces of 10 % of the pages / tracing off',
          unit: 'ratio',
          value: ratio(ours, findCost(costs, 'tracing off')),
          goal: '≤ 1.1',
        },
        ...toFigures(costs),
      ],
      plots: [roundsPlot(costs)],
    };
  },
};
