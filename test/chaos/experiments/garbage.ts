import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE_PARTS, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const garbage = toExperiment({
  name: 'garbage',
  title: 'Does garbage reach a client?',
  expected:
    'No: a response that does not fit the schema counts as failed, and pages come from the last-known-good store.',
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
  degrades: UNREACHABLE_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
