import { expect, it } from 'vitest';
import { priorities } from '@film-store/core';
import { createEventLoopGuard } from './event-loop.ts';

/** Returns a guard that has seen the two windows which do not count, and a function that completes the next window. */
function createGuard(random: () => number) {
  let window = { p99Ms: 0, cpu: 1 };
  const sheds = createEventLoopGuard(() => window, 100, random);
  const completeWindow = (p99Ms: number, cpu = 1) => {
    window = { p99Ms, cpu };
  };
  sheds('normal');
  completeWindow(10_000);
  sheds('normal');
  return { sheds, completeWindow };
}

it.each([
  [100, []],
  [100.1, ['sheddable']],
  [200, ['sheddable']],
  [200.1, ['normal', 'sheddable']],
  [10_000, ['normal', 'sheddable']],
])('at a delay of %d ms, sheds requests of the priorities %j', (delayMs, shed) => {
  const { sheds, completeWindow } = createGuard(() => 0.99);
  completeWindow(delayMs);
  expect(priorities.filter((priority) => sheds(priority))).toEqual(shed);
});

it.each([
  [200, []],
  [200.1, ['sheddable']],
  [400, ['sheddable']],
  [400.1, ['normal', 'sheddable']],
])('at a delay of %d ms with half a CPU, sheds requests of the priorities %j', (delayMs, shed) => {
  const { sheds, completeWindow } = createGuard(() => 0.99);
  completeWindow(delayMs, 0.5);
  expect(priorities.filter((priority) => sheds(priority))).toEqual(shed);
});

it('admits more again when a neighbor causes the delay that its own work caused before', () => {
  const { sheds, completeWindow } = createGuard(() => 0.75);
  completeWindow(10_000);
  expect(sheds('normal')).toBe(true);
  completeWindow(1000, 0.1);
  expect(sheds('normal')).toBe(false);
});

it('admits less and less while the loop is late, always a part, and then more and more', () => {
  let delayMs = 500;
  let chance = 0;
  const { sheds, completeWindow } = createGuard(() => chance);
  const percentageAfterNextWindow = () => {
    completeWindow(delayMs);
    for (let percent = 0; percent < 100; percent++) {
      chance = percent / 100;
      if (sheds('normal')) return percent;
    }
    return 100;
  };
  expect([percentageAfterNextWindow(), percentageAfterNextWindow()]).toEqual([70, 49]);
  for (let each = 0; each < 10; each++) percentageAfterNextWindow();
  expect(percentageAfterNextWindow()).toBe(10);
  delayMs = 0;
  expect(percentageAfterNextWindow()).toBe(20);
  for (let each = 0; each < 9; each++) percentageAfterNextWindow();
  expect(percentageAfterNextWindow()).toBe(100);
});

it('counts each window once, and no window that started before the first request', () => {
  const windows = [500, 500, 500, 500].map((p99Ms) => ({ p99Ms, cpu: 1 }));
  let current = 0;
  const sheds = createEventLoopGuard(
    () => windows[current]!,
    100,
    () => 0.6,
  );
  const shedsIn = (window: number) => {
    current = window;
    return sheds('sheddable');
  };
  // Admitted fractions: 1, 1, 0.7 and 0.49.
  expect([0, 0, 1, 1, 2, 2, 2, 3].map(shedsIn)).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
});
