import { describe, expect, it } from 'vitest';
import { toBurns } from './budget.ts';
import { type Outcome, isFound, toScore } from './score.ts';

const perfect: Outcome = {
  hidden: ['redis-down'],
  named: [['redis-down']],
  restoredMs: 0,
  burns: [{ objective: 'availability', bad: 0, all: 100, burnt: 0 }],
  harm: [],
};
const points = (change: Partial<Outcome>): number => toScore({ ...perfect, ...change }).points;

describe('the score', () => {
  it('needs exactly the hidden causes, in any order', () => {
    expect(isFound(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(isFound(['a', 'b'], ['a'])).toBe(false);
    expect(isFound(['a'], ['a', 'b'])).toBe(false);
    expect(isFound(['a'], undefined)).toBe(false);
  });

  it('is 100 for the right cause at once, and falls with time, budget, wrong causes and harm', () => {
    expect(points({})).toBe(100);
    expect(points({ restoredMs: 450_000 })).toBe(85);
    expect(points({ burns: [{ objective: 'latency', bad: 1, all: 2, burnt: 0.1 }] })).toBe(90);
    expect(points({ named: [['redis-full'], ['redis-down']] })).toBe(90);
    expect(points({ harm: ['kill catalog, which was healthy'] })).toBe(90);
  });

  it('has points for the cause only if the store is not restored', () => {
    expect(points({ restoredMs: undefined })).toBe(50);
    expect(points({ restoredMs: undefined, named: [['redis-full']] })).toBe(0);
  });
});

describe('the error budget', () => {
  const sample = (at: number, bad: number, all: number) => ({
    at,
    counts: { availability: { bad, all }, latency: { bad: 0, all }, degradation: { bad: 0, all } },
  });

  it('of 30 days is used up by an outage of 43.2 minutes', () => {
    const [availability] = toBurns([sample(0, 0, 0), sample(2_592_000, 1000, 1000)]);
    expect(availability).toMatchObject({ objective: 'availability', bad: 1000, all: 1000 });
    expect(availability?.burnt).toBeCloseTo(1, 10);
  });

  it('goes on after a restart of the gateway, whose counters begin at 0', () => {
    const unreachable = { at: 2000, counts: undefined };
    const [availability] = toBurns([
      sample(0, 5, 100),
      sample(1000, 6, 110),
      unreachable,
      sample(3000, 2, 20),
    ]);
    expect(availability).toMatchObject({ bad: 3, all: 30 });
  });
});
