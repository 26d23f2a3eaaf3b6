import { describe, expect, it } from 'vitest';
import { chooseRedis } from '../../../deploy/local/redis.ts';
import { runExperiment } from '../run-experiment.ts';
import { exactlyOnce } from './exactly-once.ts';

const { PATH, CI, TEST_DATABASE_URL } = process.env;
const hasRedis = chooseRedis({ PATH }).kind === 'own';

/** Some of the orders that `npm run chaos -- exactly-once` places. */
describe.skipIf(!hasRedis && CI !== 'true')('an order', () => {
  it('is placed exactly once, whatever fails on the way', { timeout: 120_000 }, async () => {
    const outcome = await runExperiment(
      exactlyOnce,
      { seed: 0, orders: 100, requests: 0, database: TEST_DATABASE_URL ? 'postgres' : 'pglite' },
      { step: () => undefined, progress: () => undefined },
      new AbortController().signal,
    );
    const { verdict, reason, after } = outcome;
    expect({ verdict, reason, failed: after.filter(({ holds }) => !holds) }).toEqual({
      verdict: 'held',
      reason: undefined,
      failed: [],
    });
    expect(outcome.figures['orders']! + outcome.figures['rejected: out of stock']!).toBe(100);
  });
});
