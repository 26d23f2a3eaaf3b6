import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { bandwidthIsInfinite } from './bandwidth-is-infinite.ts';
import { latencyIsZero } from './latency-is-zero.ts';
import { networkIsHomogeneous } from './network-is-homogeneous.ts';
import { networkIsReliable } from './network-is-reliable.ts';
import { networkIsSecure } from './network-is-secure.ts';
import { type Stage, startStage } from './stage.ts';
import { thereIsOneAdministrator } from './there-is-one-administrator.ts';
import { topologyDoesNotChange } from './topology-does-not-change.ts';
import { transportCostIsZero } from './transport-cost-is-zero.ts';

/**
 * The fallacies of distributed computing (P. Deutsch, 1994; the last by J. Gosling), and the behavior of the store for
 * each. All tests use one store, because it takes longer to start than to test.
 */
describe('the store does not assume that', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterEach(() => stage.settle());
  afterAll(() => stage.stop());

  describe.each([
    ['the network is reliable', networkIsReliable],
    ['latency is zero', latencyIsZero],
    ['bandwidth is infinite', bandwidthIsInfinite],
    ['the network is secure', networkIsSecure],
    ['topology does not change', topologyDoesNotChange],
    ['there is one administrator', thereIsOneAdministrator],
    ['transport cost is zero', transportCostIsZero],
    ['the network is homogeneous', networkIsHomogeneous],
  ])('%s:', (_, show) => {
    show(() => stage);
  });
});
