import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type EventLoopWatch, watchEventLoop } from './event-loop.ts';

const watches: EventLoopWatch[] = [];
const watch = () => {
  const created = watchEventLoop();
  watches.push(created);
  return created;
};
afterEach(() => {
  for (const each of watches.splice(0)) each.stop();
});

it('measures the delay of this process in one window, and not in the next one', async () => {
  const first = watch();
  expect(first.read()).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0, utilization: 0, cpu: 0 });
  for (let pause = 0; pause < 4; pause++) {
    await sleep(20);
    const until = performance.now() + 300;
    while (performance.now() < until);
  }
  await expect.poll(() => first.read().p99Ms, { timeout: 10_000 }).toBeGreaterThan(200);
  const late = first.read();
  expect(late.maxMs).toBeGreaterThanOrEqual(late.p99Ms);
  expect(late.utilization).toBeGreaterThan(0.5);
  await expect.poll(() => first.read().p99Ms, { timeout: 10_000 }).toBeLessThan(200);
}, 30_000);

it('gives all watches the same window, and starts again without old windows when the last one has stopped', async () => {
  const [first, second] = [watch(), watch()];
  await expect.poll(() => first.read().p99Ms, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(second.read()).toBe(first.read());
  first.stop();
  first.stop();
  expect(second.read().p99Ms).toBeGreaterThan(0);
  second.stop();
  expect(watch().read().p99Ms).toBe(0);
}, 30_000);
