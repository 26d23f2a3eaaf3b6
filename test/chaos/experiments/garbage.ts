import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const garbage = toExperiment({
  name: 'garbage',
  title: 'Does garbage ever get through to a client?',
  expected: 'No: what does not fit the schema is no answer, and pages come from what was known before.',
  stages: () => [
    {
      faults: [scenario('garbage-responses')],
      lastsMs: 10_000,
      shows: [
        degraded('product', ['upstream-error']),
        degraded('recommendations', ['upstream-error']),
        breakerOpens('catalog'),
        breakerOpens('recommendations'),
      ],
    },
  ],
  degrades: { product: AWAY, recommendations: AWAY, featured: AWAY },
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
