import { expect, it } from 'vitest';
import { seeded } from './random.ts';

const draw = (seed: number) => {
  const random = seeded(seed);
  return Array.from({ length: 5 }, () => random.next());
};

it('draws the same for the same seed, and something else for another', () => {
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

it('draws within the bounds', () => {
  const random = seeded(1);
  const drawn = Array.from({ length: 1000 }, () => random.between(5, 6));
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(5);
  expect(Math.max(...drawn)).toBeLessThan(6);
  expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(
    new Set(['a', 'b', 'c']),
  );
  expect(() => random.pick([])).toThrow(RangeError);
});

it('is not affected by the draws of a fork', () => {
  const [alone, forked] = [seeded(3), seeded(3)];
  alone.fork();
  const fork = forked.fork();
  for (let n = 0; n < 10; n++) fork.next();
  expect(forked.next()).toBe(alone.next());
});
