import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { Call, CallContext } from './call.ts';
import { BULKHEAD_DEFAULTS, createBulkhead } from './bulkhead.ts';
import { BulkheadFull } from './errors.ts';
import { HEDGE_DEFAULTS, createHedge } from './hedge.ts';
import { LATENCY_WINDOW_DEFAULTS, type LatencyWindow, createLatencyWindow } from './latency-window.ts';
import { RETRY_BUDGET_DEFAULTS, type RetryBudget, createRetryBudget } from './retry-budget.ts';

const AT_P95 = { ...HEDGE_DEFAULTS, floorMs: 0 };

let clock: VirtualClock;
let window: LatencyWindow;
let budget: RetryBudget;
let caller: AbortController;
let hedge: ReturnType<typeof createHedge>;
let mayHedge: (context: CallContext) => boolean;
beforeEach(() => {
  clock = new VirtualClock();
  window = createLatencyWindow(LATENCY_WINDOW_DEFAULTS);
  budget = createRetryBudget(RETRY_BUDGET_DEFAULTS, { clock });
  caller = new AbortController();
  mayHedge = () => true;
  hedge = createHedge(AT_P95, { clock, window, budget, mayHedge: (context) => mayHedge(context) });
});

/** The histogram is exact up to 127 µs, so that the 95th percentile is 100 µs and a hedge is due after 0.1 ms. */
const learn = (samples: number) => {
  for (let sample = 0; sample < samples; sample++) window.record(clock.now(), 0.1);
};
const context = (more: Partial<CallContext> = {}): CallContext => ({
  signal: caller.signal,
  deadline: Infinity,
  attempt: 1,
  idempotent: true,
  ...more,
});

/** Attempts that the test settles. */
function attempts() {
  const contexts: CallContext[] = [];
  const made: PromiseWithResolvers<string>[] = [];
  const call: Call<string> = (context) => {
    contexts.push(context);
    const attempt = Promise.withResolvers<string>();
    made.push(attempt);
    return attempt.promise;
  };
  const aborted = () => contexts.map(({ signal }) => signal.aborted);
  return { call, contexts, made, aborted };
}
const error = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
const spend = () => {
  while (budget.withdraw());
};

describe('a slow read', () => {
  it('gets a second attempt after the 95th percentile, not earlier', () => {
    learn(50);
    const { call, contexts } = attempts();
    void hedge.policy(call)(context());
    clock.advance(0.099);
    expect(contexts).toHaveLength(1);
    clock.advance(0.001);
    expect(contexts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(hedge.describe()).toEqual({ hedged: 1, won: 0, suppressed: 0 });
    expect(budget.balance()).toBe(29);
  });

  it('gets none in its first 10 ms, however fast other reads are', () => {
    learn(50);
    const { call, contexts } = attempts();
    hedge = createHedge(HEDGE_DEFAULTS, { clock, window, budget, mayHedge });
    void hedge.policy(call)(context({ deadline: 10.099 }));
    expect(clock.armed).toBe(0);
    void hedge.policy(call)(context({ deadline: 10.1 }));
    clock.advance(9.999);
    expect(contexts).toHaveLength(2);
    clock.advance(0.001);
    expect(contexts).toHaveLength(3);
  });

  it('gets none before there are 50 samples', () => {
    learn(49);
    const { call, contexts } = attempts();
    void hedge.policy(call)(context());
    expect(clock.armed).toBe(0);
    expect(contexts[0]?.signal).toBe(caller.signal);
  });

  it('gets none if it is not a read or not idempotent', () => {
    learn(50);
    const { call, contexts } = attempts();
    void hedge.policy(call)(context({ idempotent: false }));
    mayHedge = () => false;
    void hedge.policy(call)(context());
    expect(contexts).toHaveLength(2);
    expect(clock.armed).toBe(0);
  });

  it('gets none that is unlikely to respond before the deadline', () => {
    learn(50);
    void hedge.policy(attempts().call)(context({ deadline: 0.199 }));
    expect(clock.armed).toBe(0);
    void hedge.policy(attempts().call)(context({ deadline: 0.2 }));
    expect(clock.armed).toBe(1);
  });

  it('gets none if a busy process is too late for the deadline', async () => {
    learn(50);
    const { call, contexts } = attempts();
    const late: VirtualClock['after'] = (ms, action) => clock.after(ms + 5, action);
    hedge = createHedge(AT_P95, {
      clock: { wallNow: () => 0, now: () => clock.now(), after: late },
      window,
      budget,
      mayHedge,
    });
    void hedge.policy(call)(context({ deadline: 5.15 }));
    clock.advance(6);
    expect(contexts).toHaveLength(1);
    expect(budget.balance()).toBe(30);
  });

  it('gets none without a balance of the budget, and still succeeds', async () => {
    learn(50);
    spend();
    const { call, made, contexts } = attempts();
    const result = hedge.policy(call)(context());
    clock.advance(1);
    expect(contexts).toHaveLength(1);
    made[0]?.resolve('Alien');
    expect(await result).toBe('Alien');
    expect(hedge.describe()).toEqual({ hedged: 0, won: 0, suppressed: 1 });
  });

  it('resolves with the second attempt if it responds first, and aborts the first one', async () => {
    learn(50);
    const { call, made, aborted } = attempts();
    const result = hedge.policy(call)(context());
    clock.advance(0.1);
    made[1]?.resolve('Alien');
    expect(await result).toBe('Alien');
    expect(aborted()).toEqual([true, false]);
    expect(hedge.describe()).toEqual({ hedged: 1, won: 1, suppressed: 0 });
    made[0]?.reject(new Error('aborted'));
    await settle();
  });

  it('resolves with the first attempt if it responds first, and aborts the second one', async () => {
    learn(50);
    const { call, made, aborted } = attempts();
    const result = hedge.policy(call)(context());
    clock.advance(0.1);
    made[0]?.resolve('Alien');
    made[1]?.resolve('too late');
    expect(await result).toBe('Alien');
    expect(aborted()).toEqual([false, true]);
    expect(hedge.describe().won).toBe(0);
  });

  it('is a sample of its time until it was overtaken, but not if it failed', async () => {
    learn(50);
    const record = vi.spyOn(window, 'record');
    const slow = attempts();
    const result = hedge.policy(slow.call)(context());
    clock.advance(20);
    slow.made[1]?.resolve('Alien');
    await result;
    expect(record.mock.calls).toEqual([[20, 20]]);

    const failed = attempts();
    const other = hedge.policy(failed.call)(context());
    clock.advance(0.2);
    failed.made[0]?.reject(new Error('reset'));
    await settle();
    clock.advance(20);
    failed.made[1]?.resolve('Alien');
    await other;
    expect(record).toHaveBeenCalledTimes(1);
  });
});

describe('a read that waits for a permit', () => {
  /** Other calls hold both permits. The hedge is outside the bulkhead, as in the pipeline. */
  function full() {
    learn(50);
    const bulkhead = createBulkhead({ ...BULKHEAD_DEFAULTS, concurrency: 2 }, { clock });
    const other = attempts();
    for (let call = 0; call < 2; call++) void bulkhead.policy(other.call)(context({ priority: 'critical' }));
    const queued = attempts();
    const result = hedge.policy(bulkhead.policy(queued.call))(context({ priority: 'critical' }));
    return { bulkhead, other, queued, result };
  }

  it('gets no second attempt while it waits, and one if it is slow after that', async () => {
    const { bulkhead, other, queued } = full();
    clock.advance(50);
    expect(bulkhead.describe()).toMatchObject({ inFlight: 2, queued: 1 });
    other.made[0]?.resolve('other');
    await settle();
    expect(queued.contexts).toHaveLength(1);
    clock.advance(0.09);
    expect(hedge.describe()).toEqual({ hedged: 0, won: 0, suppressed: 0 });
    clock.advance(0.02);
    expect(hedge.describe()).toEqual({ hedged: 1, won: 0, suppressed: 0 });
  });

  it('is a sample of the time since it was sent when the second attempt overtakes it', async () => {
    const { other, queued, result } = full();
    clock.advance(50);
    const record = vi.spyOn(window, 'record');
    for (const { resolve } of other.made) resolve('other');
    await settle();
    clock.advance(20);
    queued.made[1]?.resolve('Alien');
    expect(await result).toBe('Alien');
    expect(record.mock.calls).toEqual([[70, 20]]);
  });

  it('leaves no timer when it is rejected or its caller leaves', async () => {
    const { result } = full();
    const rejected = error(result);
    clock.advance(100);
    expect(await rejected).toBeInstanceOf(BulkheadFull);
    expect(clock.armed).toBe(0);
    const { result: left } = full();
    const cancelled = error(left);
    caller.abort('gone');
    expect(await cancelled).toMatchObject({ name: 'Cancelled' });
    expect(clock.armed).toBe(0);
  });
});

describe('a read that fails', () => {
  it('before its hedge is due fails at once without a hedge', async () => {
    learn(50);
    const { call, made, contexts } = attempts();
    const failed = error(hedge.policy(call)(context()));
    made[0]?.reject(new Error('reset'));
    expect(await failed).toEqual(new Error('reset'));
    expect(clock.armed).toBe(0);
    expect(contexts).toHaveLength(1);
  });

  it('once waits for its other attempt', async () => {
    learn(50);
    const { call, made } = attempts();
    const result = hedge.policy(call)(context());
    clock.advance(0.1);
    made[0]?.reject(new Error('reset'));
    await settle();
    made[1]?.resolve('Alien');
    expect(await result).toBe('Alien');
  });

  it('twice fails with the first error', async () => {
    learn(50);
    const { call, made, aborted } = attempts();
    const failed = error(hedge.policy(call)(context()));
    clock.advance(0.1);
    made[1]?.reject(new Error('second'));
    await settle();
    made[0]?.reject(new Error('first'));
    expect(await failed).toEqual(new Error('second'));
    expect(aborted()).toEqual([false, false]);
  });

  it("fails with the upstream's error if the other attempt was rejected locally", async () => {
    learn(50);
    const { call, made } = attempts();
    const failed = error(hedge.policy(call)(context()));
    clock.advance(0.1);
    made[1]?.reject(new BulkheadFull(100));
    await settle();
    made[0]?.reject(new Error('reset'));
    expect(await failed).toEqual(new Error('reset'));
  });
});

describe('a caller who leaves', () => {
  it('ends both attempts at once', async () => {
    learn(50);
    const { call, made, aborted } = attempts();
    const failed = error(hedge.policy(call)(context()));
    clock.advance(0.1);
    caller.abort('gone');
    expect(aborted()).toEqual([true, true]);
    expect(await failed).toMatchObject({ name: 'Cancelled', cause: 'gone' });
    for (const attempt of made) attempt.reject(new Error('aborted'));
    await settle();
  });

  it('before the hedge is due causes none', async () => {
    learn(50);
    const { call, contexts } = attempts();
    const failed = error(hedge.policy(call)(context()));
    caller.abort();
    await failed;
    expect(clock.armed).toBe(0);
    expect(contexts).toHaveLength(1);
  });
});

describe('whatever happens', () => {
  it('second attempts are withdrawn from the budget, none starts past the deadline, and no timer or listener is left', async () => {
    const attempt = fc.record({ ms: fc.integer({ min: 0, max: 60 }), succeeds: fc.boolean() });
    const plan = fc.record({
      attempts: fc.tuple(attempt, attempt),
      deadline: fc.integer({ min: 1, max: 100 }),
      pays: fc.boolean(),
      leavesAt: fc.option(fc.nat(60)),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ attempts, deadline, pays, leavesAt }) => {
        clock = new VirtualClock();
        caller = new AbortController();
        window = createLatencyWindow(LATENCY_WINDOW_DEFAULTS);
        for (let sample = 0; sample < 50; sample++) window.record(0, 20);
        const withdraw = vi.fn<() => boolean>(() => pays);
        const paying: RetryBudget = { deposit: () => {}, withdraw, balance: () => 0 };
        hedge = createHedge(AT_P95, { clock, window, budget: paying, mayHedge });
        const times: number[] = [];
        const signals: AbortSignal[] = [];
        const call: Call<string> = ({ signal }) => {
          const { ms, succeeds } = attempts[times.length] as (typeof attempts)[number];
          times.push(clock.now());
          signals.push(signal);
          return new Promise((resolve, reject) => {
            const abort = () => {
              disarm();
              reject(new Error('aborted'));
            };
            const disarm = clock.after(ms, () => {
              signal.removeEventListener('abort', abort);
              if (succeeds) resolve('Alien');
              else reject(new Error('failed'));
            });
            signal.addEventListener('abort', abort, { once: true });
          });
        };
        const settled = error(hedge.policy(call)(context({ deadline })));
        if (leavesAt !== null) clock.after(leavesAt, () => caller.abort());
        for (let ms = 0; ms < 130; ms++) {
          await settle();
          clock.advance(1);
        }
        await settled;
        expect(clock.armed).toBe(0);
        expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
        expect(times.length).toBeLessThanOrEqual(pays ? 1 + withdraw.mock.calls.length : 1);
        for (const at of times) expect(at).toBeLessThan(deadline);
      }),
      { numRuns: 50 },
    );
  });
});
