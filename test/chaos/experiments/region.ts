import { called } from '../../../deploy/local/services.ts';
import { gone, scenario } from '../store/faults.ts';
import { serves } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { ALL_PARTS, AMPLIFIED, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

/** Calls that reach the second region: none while the first one works. */
const takeOver = [serves('catalog-2', '/products/:id'), serves('recommendations-2', '/recommendations')];

export const region = toExperiment({
  name: 'region',
  title: 'Does the second region take over when the first one is unreachable?',
  expected:
    'Yes: second attempts go there, and after some failures in a row first attempts as well. Few pages are incomplete.',
  regions: 2,
  stages: () => [
    { faults: [scenario('region-down')], lastsMs: 10_000, shows: takeOver },
    { faults: called.map(gone), lastsMs: 10_000, shows: takeOver },
  ],
  degrades: ALL_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
