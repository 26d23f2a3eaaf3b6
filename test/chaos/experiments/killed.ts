import { scenario } from '../store/faults.ts';
import { degraded, startsAgain } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE, SERVED, STARTED_AGAIN_S } from './expectations.ts';

export const killed = toExperiment({
  name: 'killed',
  title: 'Do clients notice when SIGKILL ends an instance?',
  expected: 'Pages contain popular films until the supervisor has restarted recommendations.',
  stages: () => [
    {
      faults: [scenario('instance-killed')],
      lastsMs: 0,
      shows: [
        degraded('recommendations', UNREACHABLE),
        degraded('featured', UNREACHABLE),
        startsAgain('recommendations'),
      ],
    },
  ],
  degrades: { recommendations: UNREACHABLE, featured: UNREACHABLE },
  bounds: {
    served: SERVED,
    wholeAgainS: STARTED_AGAIN_S,
    amplification: { upstream: 'recommendations', atMost: AMPLIFIED },
  },
});
