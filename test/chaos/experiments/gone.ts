import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const gone = toExperiment({
  name: 'gone',
  title: 'Do pages seen before still come while catalog is gone?',
  expected: 'Yes, and they say how old they are; orders wait for it, and none is lost.',
  stages: () => [
    {
      faults: [scenario('catalog-down')],
      lastsMs: 10_000,
      shows: [
        degraded('product', ['unreachable']),
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
