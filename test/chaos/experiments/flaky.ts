import { scenario } from '../store/faults.ts';
import { degraded, retries } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const flaky = toExperiment({
  name: 'flaky',
  title: 'Do retries hide errors without making them worse?',
  expected:
    'One in five answers is an error. Most pages are whole, the others come from what was known, and the budget holds.',
  stages: () => [
    {
      faults: [scenario('catalog-flaky')],
      lastsMs: 10_000,
      shows: [retries('catalog'), degraded('product', AWAY)],
    },
  ],
  degrades: { product: AWAY, recommendations: AWAY, featured: AWAY },
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
