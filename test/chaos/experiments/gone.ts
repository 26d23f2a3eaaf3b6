import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE_PARTS, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const gone = toExperiment({
  name: 'gone',
  title: 'Do pages that were seen before arrive while catalog is unreachable?',
  expected: 'Yes, with their age. Orders wait, and none is lost.',
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
  degrades: UNREACHABLE_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
