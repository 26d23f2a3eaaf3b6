import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE_PARTS, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const hangs = toExperiment({
  name: 'hangs',
  title: 'Do pages arrive in time while catalog hangs?',
  expected:
    'Yes: the first ones take most of their deadline, the others come at once from the last-known-good store.',
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
  degrades: UNREACHABLE_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
