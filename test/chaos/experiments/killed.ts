import { scenario } from '../store/faults.ts';
import { degraded, startsAgain } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, STARTED_AGAIN_S } from './expectations.ts';

export const killed = toExperiment({
  name: 'killed',
  title: 'Does anybody notice when an instance dies by SIGKILL?',
  expected: 'Pages come with popular films until the supervisor has started recommendations again.',
  stages: () => [
    {
      faults: [scenario('instance-killed')],
      lastsMs: 0,
      shows: [degraded('recommendations', AWAY), degraded('featured', AWAY), startsAgain('recommendations')],
    },
  ],
  degrades: { recommendations: AWAY, featured: AWAY },
  bounds: {
    served: SERVED,
    wholeAgainS: STARTED_AGAIN_S,
    amplification: { upstream: 'recommendations', atMost: AMPLIFIED },
  },
});
