import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { RETRY_BUDGET_DEFAULTS, type RetryBudget, createRetryBudget } from './retry-budget.ts';

let clock: VirtualClock;
let budget: RetryBudget;
beforeEach(() => {
  clock = new VirtualClock();
  budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
});

const deposit = (requests: number) => {
  for (let request = 0; request < requests; request++) budget.deposit();
};
/** Returns how many of `times` withdrawals succeeded. */
const withdraw = (times: number) =>
  Array.from({ length: times }, () => budget.withdraw()).filter(Boolean).length;

describe('a retry budget', () => {
  it('allows 3 attempts per second without calls, those of 10 seconds at once', () => {
    expect(budget.balance()).toBe(30);
    expect(withdraw(31)).toBe(30);
    clock.advance(9_999);
    expect(budget.withdraw()).toBe(false);
    clock.advance(1);
    expect(withdraw(31)).toBe(30);
  });

  it('allows one more attempt for ten calls, not for nine', () => {
    withdraw(30);
    deposit(9);
    expect(budget.withdraw()).toBe(false);
    deposit(1);
    expect(withdraw(2)).toBe(1);
  });

  it('may allow no attempts for calls, or no others', () => {
    budget = createRetryBudget({ ...RETRY_BUDGET_DEFAULTS, ratio: 0 }, { clock });
    deposit(100);
    expect(withdraw(100)).toBe(30);
    budget = createRetryBudget({ ...RETRY_BUDGET_DEFAULTS, perSecond: 0 }, { clock });
    deposit(100);
    expect(withdraw(100)).toBe(10);
  });

  it('reports its balance', () => {
    deposit(25);
    expect(budget.balance()).toBe(32);
    withdraw(1);
    expect(budget.balance()).toBe(31);
  });

  it('drops deposits after ten seconds', () => {
    clock.advance(500);
    deposit(100);
    clock.advance(9_499);
    expect(budget.balance()).toBe(40);
    clock.advance(1);
    expect(budget.balance()).toBe(30);
  });

  it('never has a negative balance, even if deposits expire before withdrawals', () => {
    deposit(1_000);
    clock.advance(1_000);
    expect(withdraw(200)).toBe(130);
    clock.advance(9_000);
    expect(budget.balance()).toBe(0);
    expect(budget.withdraw()).toBe(false);
    clock.advance(1_000);
    expect(budget.balance()).toBe(30);
  });

  it('is full again after an hour without calls', () => {
    for (let second = 0; second < 10; second++) {
      deposit(100);
      clock.advance(1_000);
    }
    expect(budget.balance()).toBeGreaterThan(100);
    clock.advance(3_600_000);
    expect(budget.balance()).toBe(30);
  });

  it('never allows more in ten seconds than the reserve and a tenth of the calls of twenty seconds', () => {
    const step = fc.record({ requests: fc.nat(60), wanted: fc.nat(60), gapMs: fc.nat(3_000) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new VirtualClock();
        budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
        const past: { at: number; requests: number; granted: number }[] = [];
        for (const { requests, wanted, gapMs } of steps) {
          clock.advance(gapMs);
          deposit(requests);
          const granted = withdraw(wanted);
          past.push({ at: clock.now(), requests, granted });
          const within = (ms: number) => past.filter(({ at }) => at > clock.now() - ms);
          const spent = within(9_000).reduce((sum, { granted }) => sum + granted, 0);
          const earned = within(20_000).reduce((sum, { requests }) => sum + requests, 0);
          expect(spent).toBeLessThanOrEqual(30 + earned / 10);
        }
      }),
    );
  });
});
