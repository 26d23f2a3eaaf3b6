import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { priorities } from '@film-store/core';
import { createEventLoopGuard, watchLoopDelay } from './event-loop.ts';

/** Who is refused of those for whom chance has it worst, after one reading. */
const refusedAt = (delayMs: number) => {
  const refuses = createEventLoopGuard(
    () => delayMs,
    100,
    () => 0.99,
  );
  refuses(0, 'normal');
  return priorities.filter((priority) => refuses(2000, priority));
};

it.each([
  [100, []],
  [100.1, ['sheddable']],
  [200, ['sheddable']],
  [200.1, ['normal', 'sheddable']],
  [10_000, ['normal', 'sheddable']],
])('a loop that is %d ms late sheds of %j', (delayMs, refused) => {
  expect(refusedAt(delayMs)).toEqual(refused);
});

it('lets in less and less while the loop is late, some always, and all again step by step', () => {
  let delayMs = 500;
  let chance = 0;
  const refuses = createEventLoopGuard(
    () => delayMs,
    100,
    () => chance,
  );
  let now = 0;
  refuses(now, 'normal');
  const shareAfterNextReading = () => {
    now += 2000;
    for (let percent = 0; percent < 100; percent++) {
      chance = percent / 100;
      if (refuses(now, 'normal')) return percent;
    }
    return 100;
  };
  expect([shareAfterNextReading(), shareAfterNextReading()]).toEqual([70, 49]);
  now += 100_000;
  for (let each = 0; each < 10; each++) shareAfterNextReading();
  expect(shareAfterNextReading()).toBe(10);
  delayMs = 0;
  expect(shareAfterNextReading()).toBe(20);
  for (let each = 0; each < 9; each++) shareAfterNextReading();
  expect(shareAfterNextReading()).toBe(100);
});

it('is read once in two seconds, when somebody asks; what was before the first does not count', () => {
  let reads = 0;
  const refuses = createEventLoopGuard(
    () => (reads += 1),
    100,
    () => 0,
  );
  const readsAt = (now: number) => {
    refuses(now, 'normal');
    return reads;
  };
  expect([10_000, 11_999, 12_000, 13_999, 14_000].map(readsAt)).toEqual([1, 1, 2, 2, 3]);
});

it('the delay of this process shows in what is read, and is gone with it', async () => {
  const delay = watchLoopDelay();
  try {
    await sleep(30);
    const until = performance.now() + 300;
    while (performance.now() < until);
    await sleep(30);
    expect(delay.read()).toBeGreaterThan(200);
    await expect.poll(() => delay.read()).toBeLessThan(200);
  } finally {
    delay.stop();
  }
});
