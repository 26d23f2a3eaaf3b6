import { Pool } from 'pg';
import { expect, it } from 'vitest';
import { RenewablePool } from './renewable-pool.ts';

/** Creates pools that open no connection, and a manual clock. */
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
  return { opened, pools, setTime: (ms: number) => void (now = ms) };
}

it('replaces a stale pool only once', async () => {
  const { opened, pools } = setUp();
  const stale = pools.current;
  pools.renew(stale);
  pools.renew(stale);
  expect(opened).toHaveLength(2);
  expect(pools.current).toBe(opened[1]);
  await pools.close();
});

it('renews at most once a second', async () => {
  const { opened, pools, setTime } = setUp();
  pools.renew(pools.current);
  setTime(999);
  pools.renew(pools.current);
  expect(opened).toHaveLength(2);
  setTime(1000);
  pools.renew(pools.current);
  expect(opened).toHaveLength(3);
  await pools.close();
});

it('ends every pool on close and opens none afterwards', async () => {
  const { opened, pools } = setUp();
  pools.renew(pools.current);
  await pools.close();
  pools.renew(pools.current);
  await pools.close();
  expect(opened.map(({ ended }) => ended)).toEqual([true, true]);
});
