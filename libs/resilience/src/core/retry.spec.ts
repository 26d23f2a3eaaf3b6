import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { Call, CallContext } from './call.ts';
import { BreakerOpen, BulkheadFull, Cancelled, DeadlineExceeded } from './errors.ts';
import { RETRY_BUDGET_DEFAULTS, type RetryBudget, createRetryBudget } from './retry-budget.ts';
import { type RetryDeps, RETRY_DEFAULTS, createRetry } from './retry.ts';

let clock: VirtualClock;
let budget: RetryBudget;
let caller: AbortController;
let retry: ReturnType<typeof createRetry>;
beforeEach(() => {
  clock = new VirtualClock();
  budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
  caller = new AbortController();
  retry = create();
});

/** Waits for half of the range: 25 ms, then 50 ms. */
const create = (deps: Partial<RetryDeps> = {}) =>
  createRetry(RETRY_DEFAULTS, {
    clock,
    random: () => 0.5,
    budget,
    classifyRetry: () => ({ retry: true }),
    callerRetries: () => false,
    ...deps,
  });
const context = (more: Partial<CallContext> = {}): CallContext => ({
  signal: caller.signal,
  deadline: Infinity,
  attempt: 1,
  idempotent: true,
  ...more,
});

/** A call that fails with each of the errors in turn and then succeeds, with the times and contexts of its attempts. */
function failing(...errors: Error[]) {
  const made: { readonly at: number; readonly context: CallContext }[] = [];
  const call: Call<string> = (context) => {
    const error = errors[made.length];
    made.push({ at: clock.now(), context });
    return error ? Promise.reject(error) : Promise.resolve('Alien');
  };
  return { call, made, times: () => made.map(({ at }) => at) };
}
const errors = (count: number) =>
  Array.from({ length: count }, (_, index) => new Error(`error ${index + 1}`));

/** Advances the clock by `ms`, a millisecond at a time, and returns the value or the error of the call. */
async function outcome(call: Promise<unknown>, ms = 3_000): Promise<unknown> {
  const settled = call.catch((reason: unknown) => reason);
  for (let passed = 0; passed < ms; passed++) {
    await settle();
    if (clock.armed === 0) break;
    clock.advance(1);
  }
  return settled;
}

describe('a call that fails', () => {
  it('is sent up to three times with growing delays and its attempt number', async () => {
    const { call, made, times } = failing(...errors(2));
    expect(await outcome(retry.policy(call)(context()))).toBe('Alien');
    expect(times()).toEqual([0, 25, 75]);
    expect(made.map(({ context }) => context.attempt)).toEqual([1, 2, 3]);
    expect(retry.describe().retried).toBe(2);
    expect(clock.armed).toBe(0);
  });

  it('fails with its last error after the third attempt', async () => {
    const { call, made } = failing(...errors(3));
    expect(await outcome(retry.policy(call)(context()))).toEqual(new Error('error 3'));
    expect(made).toHaveLength(3);
    expect(retry.describe()).toMatchObject({ retried: 2, 'attempts-used-up': 1 });
  });

  it('is not retried if its error is not retryable', async () => {
    retry = create({ classifyRetry: () => ({ retry: false }) });
    const { call, made } = failing(...errors(1));
    expect(await outcome(retry.policy(call)(context()))).toEqual(new Error('error 1'));
    expect(made).toHaveLength(1);
    expect(retry.describe()).toMatchObject({ retried: 0, 'not-retryable': 1 });
  });

  it('is not retried unless it is idempotent', async () => {
    const { call, made } = failing(...errors(1));
    expect(await outcome(retry.policy(call)(context({ idempotent: false })))).toEqual(new Error('error 1'));
    expect(made).toHaveLength(1);
  });

  it('is not retried if the caller retries', async () => {
    retry = create({ callerRetries: ({ attempt }) => attempt === 1 });
    const { call, made } = failing(...errors(1));
    expect(await outcome(retry.policy(call)(context()))).toEqual(new Error('error 1'));
    expect(made).toHaveLength(1);
  });

  it('deposits into the budget once, whether it may be retried or not', async () => {
    const deposit = vi.spyOn(budget, 'deposit');
    await outcome(retry.policy(failing(...errors(2)).call)(context()));
    expect(deposit).toHaveBeenCalledTimes(1);
    await outcome(retry.policy(failing().call)(context({ idempotent: false })));
    expect(deposit).toHaveBeenCalledTimes(2);
  });

  it('is retried only if the delay and 20 ms more fit before the deadline', async () => {
    const fits = failing(...errors(1));
    expect(await outcome(retry.policy(fits.call)(context({ deadline: 45 })))).toBe('Alien');
    const misses = failing(...errors(1));
    const late = retry.policy(misses.call)(context({ deadline: 25 + 44 }));
    expect(await outcome(late)).toEqual(new Error('error 1'));
    expect(misses.made).toHaveLength(1);
    expect(retry.describe()).toMatchObject({ 'no-time': 1 });
  });

  it('is not retried if a busy process is too late for the deadline', async () => {
    const { call, made } = failing(...errors(1));
    const result = retry.policy(call)(context({ deadline: 100 }));
    await settle();
    clock.advance(81);
    expect(await outcome(result)).toEqual(new Error('error 1'));
    expect(made).toHaveLength(1);
    expect(retry.describe()).toMatchObject({ retried: 0, 'no-time': 1 });
  });

  it('fails with the error of the upstream if a later attempt is rejected locally', async () => {
    const [first] = errors(1);
    const { call, made } = failing(first!, new BreakerOpen(1000));
    expect(await outcome(retry.policy(call)(context()))).toBe(first);
    expect(made).toHaveLength(2);
  });

  it.each([
    ['rejected', 'rejected', 'rejected', 'rejected 3'],
    ['failed', 'rejected', 'rejected', 'failed 1'],
    ['rejected', 'failed', 'rejected', 'failed 2'],
    ['failed', 'failed', 'rejected', 'failed 2'],
    ['rejected', 'rejected', 'failed', 'failed 3'],
  ])('whose attempts are %s, %s and %s, has %s', async (...attempts) => {
    const reported = attempts.pop();
    retry = create({
      classifyRetry: (error) => ({
        retry: true,
        notExecuted: (error as Error).message.startsWith('rejected'),
      }),
    });
    const { call } = failing(...attempts.map((how, index) => new Error(`${how} ${index + 1}`)));
    expect(await outcome(retry.policy(call)(context()))).toEqual(new Error(reported));
  });

  it('is not retried after a local rejection, whatever `classifyRetry` returns', async () => {
    const ours = [
      new BulkheadFull(100),
      new BreakerOpen(100),
      new Cancelled('left'),
      new DeadlineExceeded('too late'),
    ];
    for (const error of ours) {
      const { call, made } = failing(error);
      expect(await outcome(retry.policy(call)(context()))).toBe(error);
      expect(made).toHaveLength(1);
    }
    expect(budget.balance()).toBe(30);
  });

  it('stops waiting for a retry when its caller leaves', async () => {
    const { call, made } = failing(...errors(1));
    const failed = retry
      .policy(call)(context())
      .catch((reason: unknown) => reason);
    await settle();
    clock.advance(10);
    expect(clock.armed).toBe(1);
    caller.abort('gone');
    expect(clock.armed).toBe(0);
    expect(await failed).toMatchObject({ name: 'Cancelled', cause: 'gone' });
    expect(made).toHaveLength(1);
  });

  it('is not retried for a caller that left during the attempt', async () => {
    const { call, made } = failing(...errors(1));
    const failed = retry.policy((given) => {
      caller.abort();
      return call(given);
    })(context());
    expect(await outcome(failed)).toEqual(new Error('error 1'));
    expect(made).toHaveLength(1);
  });

  it('waits for Retry-After and the jitter', async () => {
    for (const [chance, at] of [
      [0, 200],
      [0.5, 225],
      [0.98, 249],
    ] as const) {
      const start = clock.now();
      retry = create({ random: () => chance, classifyRetry: () => ({ retry: true, retryAfterMs: 200 }) });
      const { call, times } = failing(...errors(1));
      expect(await outcome(retry.policy(call)(context()))).toBe('Alien');
      expect(times()).toEqual([start, start + at]);
    }
  });

  it('is not retried if Retry-After exceeds the deadline or the longest wait', async () => {
    const sent = (retryAfterMs: number) =>
      create({ random: () => 0, classifyRetry: () => ({ retry: true, retryAfterMs }) }).policy;
    const { call, made } = failing(...errors(9));
    expect(await outcome(sent(981)(call)(context({ deadline: 1_000 })))).toEqual(new Error('error 1'));
    expect(await outcome(sent(10_001)(call)(context()))).toEqual(new Error('error 2'));
    expect(await outcome(sent(Infinity)(call)(context()))).toEqual(new Error('error 3'));
    expect(made).toHaveLength(3);
    expect(budget.balance()).toBe(30);
  });

  it('fails with its last error if the budget is empty', async () => {
    for (let spent = 0; spent < 29; spent++) budget.withdraw();
    const { call, made } = failing(...errors(3));
    expect(await outcome(retry.policy(call)(context()))).toEqual(new Error('error 2'));
    expect(made).toHaveLength(2);
    expect(retry.describe()).toMatchObject({ retried: 1, 'budget-empty': 1 });
    const fresh = failing();
    expect(await outcome(retry.policy(fresh.call)(context()))).toBe('Alien');
  });
});

describe('whatever happens', () => {
  it('retries are withdrawn from the budget, none starts past the deadline, and no timer or listener is left', async () => {
    const plan = fc.record({
      chances: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }),
      failures: fc.nat(4),
      deadline: fc.integer({ min: 1, max: 400 }),
      steps: fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 8 }),
      granted: fc.nat(3),
      leavesAt: fc.option(fc.nat(300)),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ chances, failures, deadline, steps, granted, leavesAt }) => {
        clock = new VirtualClock();
        caller = new AbortController();
        let drawn = 0;
        let paid = 0;
        const random = () => chances[drawn++ % chances.length] as number;
        const withdraw = () => paid < granted && ++paid > 0;
        const { policy } = create({ random, budget: { deposit: () => {}, withdraw, balance: () => 0 } });
        const { call, times } = failing(...errors(failures));
        const settled = policy(call)(context({ deadline })).then(
          () => 'succeeded',
          () => 'failed',
        );
        if (leavesAt !== null) clock.after(leavesAt, () => caller.abort());
        for (const step of [...steps, 3_000]) {
          await settle();
          clock.advance(step);
        }
        for (let more = 0; more < 3; more++) {
          await settle();
          clock.advance(3_000);
        }
        await settled;
        expect(clock.armed).toBe(0);
        expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
        expect(times().length).toBeLessThanOrEqual(Math.min(1 + paid, 3));
        for (const at of times()) expect(at).toBeLessThan(deadline);
      }),
    );
  });
});
