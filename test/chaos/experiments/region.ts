import { gone, scenario } from '../store/faults.ts';
import { serves } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

/** What reaches the second region: nothing does while the first is well. */
const takeOver = [serves('catalog-2', '/products/:id'), serves('recommendations-2', '/recommendations')];

export const region = toExperiment({
  name: 'region',
  title: 'Does the second region take over when the first is gone?',
  expected:
    'Yes: second attempts go there, and after a few failures in a row first ones, too. Few pages are less than whole.',
  regions: 2,
  stages: () => [
    { faults: [scenario('region-down')], lastsMs: 10_000, shows: takeOver },
    { faults: [gone('catalog'), gone('recommendations')], lastsMs: 10_000, shows: takeOver },
  ],
  degrades: { product: AWAY, recommendations: AWAY, featured: AWAY },
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
