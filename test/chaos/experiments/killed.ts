import { faultScenarios } from '@film-store/contracts';
import { degradable } from '../../../deploy/local/services.ts';
import { killed as killedByHand, scenario } from '../store/faults.ts';
import { degraded, startsAgain } from '../store/expected-signals.ts';
import { toExperiment } from '../store/store-experiment.ts';
import {
  AMPLIFIED,
  OPTIONAL_PARTS,
  SERVED,
  STARTED_AGAIN_S,
  UNREACHABLE,
  toFeature,
} from './expectations.ts';

const kill = faultScenarios['instance-killed'];
const killedByScenario = kill?.by === 'kill' ? kill.service : undefined;

export const killed = toExperiment({
  name: 'killed',
  title: 'Do clients notice when SIGKILL ends an instance?',
  expected: 'Pages lack its part or have a substitute until the supervisor has restarted the service.',
  stages: () =>
    degradable.map((name) => ({
      faults: [name === killedByScenario ? scenario('instance-killed') : killedByHand(name)],
      lastsMs: 0,
      shows: [degraded(toFeature(name), UNREACHABLE), startsAgain(name)],
      upstream: name,
    })),
  degrades: OPTIONAL_PARTS,
  bounds: { served: SERVED, wholeAgainS: STARTED_AGAIN_S, amplification: { atMost: AMPLIFIED } },
});
