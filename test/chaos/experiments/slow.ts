import type { ScenarioName } from '@film-store/contracts';
import { degradable } from '../../../deploy/local/services.ts';
import { scenario } from '../store/faults.ts';
import { breakerOpens, degraded } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, OPTIONAL_PARTS, SERVED, WHOLE_AGAIN_S, toFeature } from './expectations.ts';

export const slow = toExperiment({
  name: 'slow',
  title: 'Do pages arrive in time while a dependency is slow?',
  expected: 'Yes, without its part or with a substitute, and fast once the breaker is open.',
  stages: () =>
    degradable.map((name) => ({
      faults: [scenario(`${name}-slow` as ScenarioName)],
      lastsMs: 10_000,
      shows: [
        degraded(toFeature(name), ['timeout']),
        degraded(toFeature(name), ['breaker-open']),
        breakerOpens(name),
      ],
      upstream: name,
    })),
  degrades: OPTIONAL_PARTS,
  bounds: { served: SERVED, wholeAgainS: WHOLE_AGAIN_S, amplification: { atMost: AMPLIFIED } },
});
