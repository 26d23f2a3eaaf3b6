import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultScenarios } from '@film-store/contracts';
import { chooseRedis } from '../../deploy/local/redis.ts';
import { Stops } from '../../deploy/local/stops.ts';
import {
  AMPLIFIED,
  OPTIONAL_PARTS,
  UNREACHABLE,
  STARTED_AGAIN_S,
  WHOLE_AGAIN_S,
} from './experiments/expectations.ts';
import { type Outcome, runExperiment } from './run-experiment.ts';
import { type StoreFault, killed, link, scenario } from './store/faults.ts';
import { type ChaosStore, startChaosStore } from './store/start-store.ts';
import type { StoreExperiment } from './store/design.ts';
import { breakerOpens, degraded, retries, startsAgain } from './store/expected-signals.ts';
import { startTrial } from './store/store-experiment.ts';

const { PATH, CI, TEST_DATABASE_URL } = process.env;
const hasRedis = chooseRedis({ PATH }).kind === 'own';
/** Other specs use the same two cores, and a gateway without time for a page rejects it: this is not checked here. */
const SERVED = 0.5;
const settings = {
  seed: 1,
  orders: 0,
  requests: 0,
  database: TEST_DATABASE_URL ? 'postgres' : 'pglite',
} as const;

const design = (change: Pick<StoreExperiment, 'stages' | 'bounds' | 'degrades'>): StoreExperiment => ({
  name: 'short',
  title: 'Does it hold?',
  expected: 'it does',
  ...change,
});

// #region part: recommendations
/** Isolates or releases a breaker, like an operator who does not undo it. No rollback undoes it. */
const holdBreaker = async ({ url }: ChaosStore, state: 'isolated' | 'auto'): Promise<boolean> => {
  const response = await fetch(`${url}/ops/breakers/recommendations`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ state }),
  });
  return response.ok;
};
const heldOpen: StoreFault = {
  name: 'the breaker of recommendations is isolated',
  begin: async (store) => {
    const isHeld = await holdBreaker(store, 'isolated');
    return async () => isHeld;
  },
};
// #endregion part: recommendations

/** A short version of `npm run chaos -- ladder` on one store. It calls catalog without limits. */
describe.skipIf(!hasRedis && CI !== 'true')('a short ladder', () => {
  const stops = new Stops();
  let store: ChaosStore;
  beforeAll(async () => {
    store = await startChaosStore(
      {
        database: settings.database,
        logs: '.data/chaos/short',
        env: {
          UPSTREAM_CATALOG_BUDGET_PER_SECOND: '1000',
          UPSTREAM_CATALOG_BREAKER_VOLUME: '10000',
          // #region part: recommendations
          UPSTREAM_RECOMMENDATIONS_RETRY_ATTEMPTS: '1',
          // #endregion part: recommendations
        },
      },
      stops,
    );
  });
  afterAll(() => stops.stop());

  const run = (experiment: StoreExperiment): Promise<Outcome> =>
    runExperiment(
      { ...experiment, prepare: (settings, own) => startTrial(experiment, store, settings, own) },
      settings,
      { step: () => undefined, progress: () => undefined },
      new AbortController().signal,
    );
  const findFailed = ({ after }: Outcome) => after.filter(({ holds }) => !holds);

  it('holds: a scenario, a TCP fault and a kill', async () => {
    const outcome = await run(
      design({
        stages: () => [
          // #region part: recommendations
          {
            faults: [scenario('recommendations-down')],
            lastsMs: 1000,
            shows: [degraded('recommendations', ['unreachable'])],
          },
          // #endregion part: recommendations
          { faults: [link('redis', 'black-hole')], lastsMs: 1000, shows: [] },
          { faults: [killed('redis')], lastsMs: 0, shows: [startsAgain('redis')] },
        ],
        degrades: OPTIONAL_PARTS,
        bounds: { served: SERVED, wholeAgainS: STARTED_AGAIN_S },
      }),
    );
    const { verdict, reason, tables, figures } = outcome;
    expect({ verdict, reason, failed: findFailed(outcome) }).toEqual({ verdict: 'held', failed: [] });
    expect(tables[0]?.rows.map(([name]) => name)).toEqual([
      // #region part: recommendations
      faultScenarios['recommendations-down'].title,
      // #endregion part: recommendations
      'the link to redis: black-hole',
      'redis is killed',
    ]);
    // #region part: recommendations
    expect(figures['pages: recommendations;unreachable']).toBeGreaterThan(0);
    // #endregion part: recommendations
    expect(figures['orders accepted']).toBeGreaterThan(0);
  });

  it('is refuted if retries have no budget and the breaker stays closed: a failing upstream gets three times the calls', async () => {
    const outcome = await run(
      design({
        stages: () => [
          {
            faults: [scenario('catalog-down')],
            lastsMs: 3000,
            shows: [degraded('product', UNREACHABLE), breakerOpens('catalog')],
          },
        ],
        degrades: { product: UNREACHABLE },
        bounds: {
          served: SERVED,
          wholeAgainS: WHOLE_AGAIN_S,
          amplification: { upstream: 'catalog', atMost: AMPLIFIED },
        },
      }),
    );
    expect({ verdict: outcome.verdict, failed: findFailed(outcome).map(({ probe }) => probe) }).toEqual({
      verdict: 'refuted',
      failed: ['attempts per call at what fails', 'signal: breaker of catalog opens'],
    });
    expect(findFailed(outcome)[0]?.value).toBeGreaterThan(2);
  });

  // #region part: recommendations
  it('is refuted if a defense is off or a fault outlives its rollback, and names it', async () => {
    const outcome = await run(
      design({
        stages: () => [
          { faults: [scenario('recommendations-down')], lastsMs: 1000, shows: [retries('recommendations')] },
          { faults: [heldOpen], lastsMs: 500, shows: [degraded('recommendations', ['breaker-open'])] },
        ],
        degrades: OPTIONAL_PARTS,
        bounds: { served: SERVED, wholeAgainS: WHOLE_AGAIN_S },
      }),
    );
    await holdBreaker(store, 'auto');
    expect({ verdict: outcome.verdict, failed: findFailed(outcome).map(({ probe }) => probe) }).toEqual({
      verdict: 'refuted',
      failed: [
        'pages that are whole while nothing is broken',
        'breakers not closed then',
        'whole again after the fault',
        'signal: recommendations is retried',
      ],
    });
  });
  // #endregion part: recommendations
});
