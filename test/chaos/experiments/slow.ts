import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const slow = toExperiment({
  name: 'slow',
  title: 'Do pages arrive in time while a dependency is slow?',
  expected: 'Yes, with popular films instead of recommendations, and fast once the breaker is open.',
  stages: () => [
    {
      faults: [scenario('recommendations-slow')],
      lastsMs: 10_000,
      shows: [
        degraded('recommendations', ['timeout']),
        degraded('recommendations', ['breaker-open']),
        degraded('featured', UNREACHABLE),
        breakerOpens('recommendations'),
      ],
    },
  ],
  degrades: { recommendations: UNREACHABLE, featured: UNREACHABLE },
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'recommendations', atMost: AMPLIFIED },
  },
});
