import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { settlesWithin } from './clock.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const resolvesAt = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it.each([
  [99, true],
  [101, false],
])('for 100 ms and work of %d ms returns %s', async (ms, expected) => {
  const inTime = settlesWithin(100, resolvesAt(ms));
  await vi.advanceTimersByTimeAsync(100);
  expect(await inTime).toBe(expected);
});

it('returns true for work that fails', async () => {
  expect(await settlesWithin(100, Promise.reject(new Error('failed')))).toBe(true);
});

it('drops an error that comes too late', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const inTime = settlesWithin(100, promise);
  await vi.advanceTimersByTimeAsync(100);
  expect(await inTime).toBe(false);
  reject(new Error('late'));
});

it('leaves no timer', async () => {
  await settlesWithin(100, Promise.resolve());
  expect(vi.getTimerCount()).toBe(0);
});
