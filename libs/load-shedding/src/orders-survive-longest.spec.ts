import { describe, expect, it } from 'vitest';
import { SimulatedStore } from '../test/simulated-store.ts';

/** Serves 100 requests per second. */
const eightAtATime = { concurrency: 8, serviceMs: 80 };

describe('a catalog of 100 requests per second, behind a gateway, at', () => {
  it.each([
    { times: 2, orders: 30, reads: 250 },
    { times: 5, orders: 75, reads: 205 },
    { times: 10, orders: 150, reads: 135 },
  ])('$times times this load serves all $orders orders and at least $reads reads', async (expected) => {
    const { times } = expected;
    const store = new SimulatedStore();
    await store.run(eightAtATime, { rps: 50, seconds: 3 });
    // The gateway first adapts to the load.
    await store.run(eightAtATime, { rps: 100 * times, seconds: 1 });
    const { orders, reads } = await store.run(eightAtATime, { rps: 100 * times, seconds: 3 });
    expect(orders).toEqual({ sent: expected.orders, succeeded: expected.orders });
    expect(reads.succeeded).toBeGreaterThanOrEqual(expected.reads);
    expect(store.breaker).toBe('closed');
  });
});

it('a catalog that suddenly takes sixty times as long, within the time of reads, keeps the breaker closed', async () => {
  const store = new SimulatedStore();
  await store.run({ concurrency: 64, serviceMs: 5 }, { rps: 100, seconds: 10 });
  const slow = { concurrency: 1000, serviceMs: 305 };
  const first = await store.run(slow, { rps: 100, seconds: 8 });
  expect(store.breaker).toBe('closed');
  const then = await store.run(slow, { rps: 100, seconds: 8 });
  expect([first.orders, then.orders]).toEqual([
    { sent: 40, succeeded: 40 },
    { sent: 40, succeeded: 40 },
  ]);
});

it('a catalog that takes longer than the time of reads serves all orders, although reads open the breaker', async () => {
  const store = new SimulatedStore();
  await store.run({ concurrency: 64, serviceMs: 5 }, { rps: 100, seconds: 10 });
  const slow = { concurrency: 1000, serviceMs: 1205 };
  const first = await store.run(slow, { rps: 100, seconds: 10 });
  expect(store.breaker).not.toBe('closed');
  const then = await store.run(slow, { rps: 100, seconds: 8 });
  expect([first.orders, then.orders]).toEqual([
    { sent: 50, succeeded: 50 },
    { sent: 40, succeeded: 40 },
  ]);
});
