import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { RenewablePool } from './renewable-pool.ts';

/** Pools that make no connection, and a clock that the test moves. */
function setUp() {
  const opened: Pool[] = [];
  let now = 0;
  const pools = new RenewablePool(
    () => {
      const pool = new Pool();
      opened.push(pool);
      return pool;
    },
    () => now,
  );
  return { opened, pools, moveTo: (ms: number) => void (now = ms) };
}

it('is replaced by a new pool, once for all who found the same one stale', async () => {
  const { opened, pools } = setUp();
  const stale = pools.current;
  pools.renew(stale);
  pools.renew(stale);
  expect(opened).toHaveLength(2);
  expect(pools.current).toBe(opened[1]);
  await pools.close();
});

it('is renewed once a second at most', async () => {
  const { opened, pools, moveTo } = setUp();
  pools.renew(pools.current);
  moveTo(999);
  pools.renew(pools.current);
  expect(opened).toHaveLength(2);
  moveTo(1000);
  pools.renew(pools.current);
  expect(opened).toHaveLength(3);
  await pools.close();
});

it('ends every pool it opened, and opens none after it is closed', async () => {
  const { opened, pools } = setUp();
  pools.renew(pools.current);
  await pools.close();
  pools.renew(pools.current);
  await pools.close();
  expect(opened.map(({ ended }) => ended)).toEqual([true, true]);
});
