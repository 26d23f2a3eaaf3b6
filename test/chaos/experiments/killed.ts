import { scenario } from '../store/faults.ts';
import { experimentOf } from '../store/store-experiment.ts';
import { AMPLIFIED, AWAY, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const killed = experimentOf({
  name: 'killed',
  title: 'Does anybody notice when an instance dies by SIGKILL?',
  expected: 'Pages come with popular films until the supervisor has started recommendations again.',
  stages: () => [{ faults: [scenario('instance-killed')], lastsMs: 0 }],
  degrades: { recommendations: AWAY, featured: AWAY },
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'recommendations', atMost: AMPLIFIED },
  },
});
