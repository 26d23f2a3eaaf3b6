import { link, scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE_PARTS, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const twoAtOnce = toExperiment({
  name: 'two-at-once',
  title: 'Are two failures at once worse than each of them?',
  expected:
    'No: the gateway keeps known pages in memory too, so pages arrive without catalog and without Redis.',
  stages: () => [
    {
      faults: [scenario('catalog-hang'), link('redis', 'black-hole')],
      lastsMs: 10_000,
      shows: [
        degraded('product', ['timeout']),
        degraded('product', ['breaker-open']),
        breakerOpens('catalog'),
      ],
    },
  ],
  degrades: UNREACHABLE_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
