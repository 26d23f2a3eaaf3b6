import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const hangs = toExperiment({
  name: 'hangs',
  title: 'Do pages come in time while catalog never answers?',
  expected: 'Yes: the first wait for most of their deadline, the others come at once from what was known.',
  stages: () => [
    {
      faults: [scenario('catalog-hang')],
      lastsMs: 10_000,
      shows: [
        degraded('product', ['timeout']),
        degraded('product', ['breaker-open']),
        breakerOpens('catalog'),
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
