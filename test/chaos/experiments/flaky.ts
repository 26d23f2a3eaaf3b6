import { scenario } from '../store/faults.ts';
import { degraded, retries } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import { AMPLIFIED, UNREACHABLE, UNREACHABLE_PARTS, SERVED, WHOLE_AGAIN_S } from './expectations.ts';

export const flaky = toExperiment({
  name: 'flaky',
  title: 'Do retries hide errors without making them worse?',
  expected:
    'One in five responses is an error. Most pages are complete, the others come from the last-known-good store, and the budget holds.',
  stages: () => [
    {
      faults: [scenario('catalog-flaky')],
      lastsMs: 10_000,
      shows: [retries('catalog'), degraded('product', UNREACHABLE)],
    },
  ],
  degrades: UNREACHABLE_PARTS,
  bounds: {
    served: SERVED,
    wholeAgainS: WHOLE_AGAIN_S,
    amplification: { upstream: 'catalog', atMost: AMPLIFIED },
  },
});
