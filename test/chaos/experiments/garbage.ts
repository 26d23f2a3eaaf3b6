import { called } from '../../../deploy/local/services.ts';
import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { ALL_PARTS, AMPLIFIED, toFeature, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

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
        ...called.map((name) => degraded(toFeature(name), ['upstream-error'])),
        ...called.map(breakerOpens),
      ],
    },
  ],
  degrades: ALL_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
