import { describe, expect, it } from 'vitest';
import { remainingMs, timeForCall } from './deadline.ts';

describe('remainingMs', () => {
  it.each([
    [1500, 1000, 500],
    [1000, 1000, 0],
    [999, 1000, 0],
    [undefined, 1000, Infinity],
  ])('for a deadline of %s at %i is %d', (deadline, now, left) => {
    expect(remainingMs(deadline, now)).toBe(left);
  });
});

describe('timeForCall', () => {
  it.each([
    ['the remaining time without the slack', 1000, 990],
    ['the floor at the boundary', 30, 20],
    ['undefined just below the boundary', 29.999, undefined],
    ['undefined after the deadline', -1, undefined],
  ])('is %s', (_, left, time) => {
    expect(timeForCall(5000 + left, 5000)).toBe(time);
  });

  it('has no bound without a deadline', () => {
    expect(timeForCall(undefined, 5000)).toBe(Infinity);
  });
});
