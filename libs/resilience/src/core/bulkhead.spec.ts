import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clock, priorities } from '@film-store/core';
import { VirtualClock, settle } from '@film-store/core/testing';
import { BREAKER_DEFAULTS, createBreaker } from './breaker.ts';
import { BULKHEAD_DEFAULTS, createBulkhead, holdPermitUntil } from './bulkhead.ts';
import type { CallContext, Policy } from './call.ts';
import { AttemptTimedOut, BulkheadFull, Cancelled, DeadlineExceeded } from './errors.ts';

/** A minimal attempt timeout: it settles in time and leaves the work running. */
const timeoutAfter =
  (ms: number, clock: Clock): Policy =>
  (next) =>
  (context) =>
    new Promise((resolve, reject) => {
      const work = next(context);
      const disarm = clock.after(ms, () => {
        holdPermitUntil(context, work);
        reject(new AttemptTimedOut(ms));
      });
      work.finally(disarm).then(resolve, reject);
    });

function harness(settings = BULKHEAD_DEFAULTS, inside?: (clock: Clock) => Policy) {
  const clock = new VirtualClock();
  const bulkhead = createBulkhead(settings, { clock });
  const started: string[] = [];

  /** Has the highest priority by default, which may use all permits. */
  function begin(name = '', given: Partial<CallContext> = {}) {
    const work = Promise.withResolvers<string>();
    const send = (): Promise<string> => {
      started.push(name);
      return work.promise;
    };
    const layer = inside?.(clock);
    const result = bulkhead.policy(layer ? layer(send) : send)({
      signal: new AbortController().signal,
      deadline: Infinity,
      attempt: 1,
      idempotent: true,
      priority: 'critical',
      ...given,
    });
    result.catch(() => {});
    return { result, end: work.resolve, fail: work.reject };
  }

  return { clock, bulkhead, begin, started };
}

const small = { concurrency: 1, queue: 2, queueTimeoutMs: 100 };

describe('bulkhead', () => {
  it('passes on values and errors, and releases the permit after both', async () => {
    const { bulkhead, begin } = harness();
    const [good, bad] = [begin(), begin()];
    const error = new Error('down');
    good.end('film');
    bad.fail(error);
    await expect(good.result).resolves.toBe('film');
    await expect(bad.result).rejects.toBe(error);
    expect(bulkhead.describe()).toEqual({ inFlight: 0, queued: 0, abandoned: 0 });
  });

  it('releases the permit of a call that throws at once', async () => {
    const { bulkhead } = harness();
    const broken = bulkhead.policy(() => {
      throw new Error('at once');
    });
    const context = {
      signal: new AbortController().signal,
      deadline: Infinity,
      attempt: 1,
      idempotent: true,
    };
    await expect(broken(context)).rejects.toThrow('at once');
    expect(bulkhead.describe().inFlight).toBe(0);
  });

  it('runs 64 calls, lets 32 wait, and rejects the 97th', async () => {
    const { bulkhead, begin, started } = harness();
    Array.from({ length: 96 }, () => begin());
    expect(bulkhead.describe()).toEqual({ inFlight: 64, queued: 32, abandoned: 0 });
    await expect(begin().result).rejects.toEqual(new BulkheadFull(100));
    expect(started.length).toBe(64);
  });

  it.each([
    ['critical', 64, 32],
    ['normal', 57, 28],
    ['sheddable', 44, 22],
  ] as const)('lets %s calls use %d permits and %d places of the queue', async (priority, permits, seats) => {
    const { bulkhead, begin } = harness();
    const calls = Array.from({ length: permits + seats + 1 }, () => begin('', { priority }));
    expect(bulkhead.describe()).toMatchObject({ inFlight: permits, queued: seats });
    await expect(calls.at(-1)?.result).rejects.toBeInstanceOf(BulkheadFull);
  });

  it('has permits for critical calls when the others have used theirs', () => {
    const { begin, started } = harness();
    Array.from({ length: 1000 }, () => begin('read', { priority: 'normal' }));
    Array.from({ length: 7 }, () => begin('order'));
    expect(started.filter((name) => name === 'order')).toHaveLength(7);
  });

  it('treats a call without a priority as a normal one', () => {
    const { bulkhead } = harness();
    const call = bulkhead.policy(() => new Promise(() => {}));
    const context = {
      signal: new AbortController().signal,
      deadline: Infinity,
      attempt: 1,
      idempotent: true,
    };
    for (let each = 0; each < 100; each += 1) call(context).catch(() => {});
    expect(bulkhead.describe()).toMatchObject({ inFlight: 57, queued: 28 });
  });

  it('gives a permit to the waiter of the highest priority', async () => {
    const { bulkhead, begin, started } = harness({ concurrency: 2, queue: 10, queueTimeoutMs: 100 });
    const [first, second] = [begin('first'), begin('second')];
    begin('sheddable', { priority: 'sheddable' });
    begin('normal', { priority: 'normal' });
    const critical = begin('critical');
    first.end('film');
    await settle();
    expect(started).toEqual(['first', 'second', 'critical']);
    second.end('film');
    await settle();
    expect(bulkhead.describe()).toMatchObject({ inFlight: 1, queued: 2 });
    critical.end('film');
    await settle();
    expect(started).toEqual(['first', 'second', 'critical', 'normal']);
  });

  it('gives a permit to the oldest waiter', async () => {
    const { begin, started } = harness(small);
    const calls = ['first', 'second', 'third'].map((name) => begin(name));
    for (const call of calls) {
      call.end('film');
      await settle();
    }
    expect(started).toEqual(['first', 'second', 'third']);
  });

  it('lets a call wait for 99 ms, but not for 100 ms', async () => {
    const { clock, bulkhead, begin, started } = harness(small);
    const first = begin('first');
    const second = begin('second');
    clock.advance(1);
    begin('third');
    clock.advance(98);
    first.end('film');
    await settle();
    expect(started).toEqual(['first', 'second']);
    clock.advance(1);
    expect(bulkhead.describe().queued).toBe(1);
    const fourth = begin('fourth');
    clock.advance(1);
    expect(bulkhead.describe().queued).toBe(1);
    clock.advance(99);
    await expect(fourth.result).rejects.toEqual(new BulkheadFull(100));
    second.end('film');
    await settle();
    expect(started).toEqual(['first', 'second']);
    expect([bulkhead.describe().inFlight, clock.armed]).toEqual([0, 0]);
  });

  it('lets a call wait until its deadline at most', async () => {
    const { clock, bulkhead, begin } = harness(small);
    begin();
    clock.advance(10);
    const impatient = begin('impatient', { deadline: 40 });
    clock.advance(29);
    expect(bulkhead.describe().queued).toBe(1);
    clock.advance(1);
    expect(bulkhead.describe().queued).toBe(0);
    await expect(impatient.result).rejects.toBeInstanceOf(DeadlineExceeded);
    await expect(begin('late', { deadline: 40 }).result).rejects.toBeInstanceOf(DeadlineExceeded);
  });

  it('rejects a caller that leaves the queue, and removes it from the queue', async () => {
    const { clock, bulkhead, begin, started } = harness(small);
    const leaving = new AbortController();
    const first = begin('first');
    const second = begin('second', { signal: leaving.signal });
    begin('third');
    const reason = new Error('closed the page');
    leaving.abort(reason);
    await expect(second.result).rejects.toEqual(new Cancelled('the caller left while waiting for a permit'));
    await expect(second.result).rejects.toHaveProperty('cause', reason);
    begin('fourth');
    expect(bulkhead.describe().queued).toBe(2);
    first.end('film');
    await settle();
    expect(started).toEqual(['first', 'third']);
    expect(clock.armed).toBe(1);
  });

  it('does not queue a caller that has already left', async () => {
    const { bulkhead, begin } = harness(small);
    begin();
    await expect(begin('', { signal: AbortSignal.abort() }).result).rejects.toBeInstanceOf(Cancelled);
    expect(bulkhead.describe().queued).toBe(0);
  });

  it('leaves no listener and no timer', async () => {
    const { clock, begin } = harness(small);
    const { signal } = new AbortController();
    const [first, second] = [begin('', { signal }), begin('', { signal })];
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    first.end('film');
    second.end('film');
    await settle();
    expect([getEventListeners(signal, 'abort').length, clock.armed]).toEqual([0, 0]);
  });

  it('does not release the permit of a timed-out call while its work runs', async () => {
    const { clock, bulkhead, begin, started } = harness(
      { concurrency: 2, queue: 20, queueTimeoutMs: 100 },
      (clock) => timeoutAfter(50, clock),
    );
    const hung = [begin(), begin()];
    clock.advance(50);
    for (const { result } of hung) await expect(result).rejects.toBeInstanceOf(AttemptTimedOut);
    Array.from({ length: 18 }, () => begin());
    expect(bulkhead.describe()).toEqual({ inFlight: 2, queued: 18, abandoned: 2 });
    expect(started.length).toBe(2);
    hung[0]?.end('too late');
    hung[1]?.fail(new Error('too late'));
    await settle();
    expect(bulkhead.describe()).toEqual({ inFlight: 2, queued: 16, abandoned: 0 });
    expect(started.length).toBe(4);
  });

  it('keeps the permit in a changed copy of the context', async () => {
    const changed: Policy = (next) => (context) => next({ ...context, attempt: 2 });
    const { clock, bulkhead, begin } = harness(
      small,
      (clock) => (next) => changed(timeoutAfter(50, clock)(next)),
    );
    begin();
    clock.advance(50);
    await settle();
    expect(bulkhead.describe()).toEqual({ inFlight: 1, queued: 0, abandoned: 1 });
  });

  it('holds no permit for work that is reported too late or without a bulkhead', async () => {
    const { bulkhead } = harness();
    const context = {
      signal: new AbortController().signal,
      deadline: Infinity,
      attempt: 1,
      idempotent: true,
    };
    let inside = context;
    await bulkhead.policy(async (given) => {
      inside = given;
    })(context);
    const work = new Promise(() => {});
    holdPermitUntil(inside, work);
    holdPermitUntil(context, work);
    expect(bulkhead.describe()).toEqual({ inFlight: 0, queued: 0, abandoned: 0 });
  });

  it('does not report its rejections to the breaker inside', async () => {
    const clock = new VirtualClock();
    const breaker = createBreaker(BREAKER_DEFAULTS, { clock, random: () => 0, classify: () => 'failure' });
    const { begin } = harness({ concurrency: 1, queue: 0, queueTimeoutMs: 100 }, () => breaker.policy);
    const first = begin();
    for (let time = 0; time < 1_000; time += 1) {
      await expect(begin().result).rejects.toBeInstanceOf(BulkheadFull);
    }
    first.end('film');
    await first.result;
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 1, failures: 0 });
  });

  it('lets no new call overtake a waiter, even in the microtasks before the waiter wakes', async () => {
    const { clock, begin, started } = harness(small);
    const first = begin('first');
    const second = begin('second');
    first.end('film');
    // Tries each microtask in which a new call might find a free permit.
    for (let turn = 0; turn < 10; turn += 1) {
      begin(`newcomer ${turn}`);
      await Promise.resolve();
    }
    expect(started).toEqual(['first', 'second']);
    clock.advance(100);
    second.end('film');
    await expect(second.result).resolves.toBe('film');
  });
});

describe('bulkhead, whatever happens', () => {
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('begin' as const),
        patienceMs: fc.nat(150),
        priority: fc.constantFrom(...priorities),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('end' as const), index: fc.nat(), well: fc.boolean() }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), index: fc.nat() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(60) }) },
    { weight: 2, arbitrary: fc.constant({ do: 'settle' as const }) },
  );

  it('running and abandoned work stays within the concurrency, and every permit is released', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = new VirtualClock();
        const bulkhead = createBulkhead({ concurrency: 3, queue: 4, queueTimeoutMs: 100 }, { clock });
        const running: PromiseWithResolvers<void>[] = [];
        const callers: AbortController[] = [];
        const results: Promise<unknown>[] = [];
        const call = bulkhead.policy(
          timeoutAfter(
            50,
            clock,
          )(() => {
            const work = Promise.withResolvers<void>();
            running.push(work);
            return work.promise;
          }),
        );
        const end = (work: PromiseWithResolvers<void> | undefined, well: boolean): void => {
          if (well) work?.resolve();
          else work?.reject(new Error('down'));
        };
        for (const taken of steps) {
          if (taken.do === 'begin') {
            const caller = new AbortController();
            callers.push(caller);
            const { priority } = taken;
            const context = {
              deadline: clock.now() + taken.patienceMs,
              attempt: 1,
              idempotent: true,
              priority,
            };
            results.push(call({ ...context, signal: caller.signal }).catch(() => {}));
          }
          if (taken.do === 'end') end(running.splice(taken.index % (running.length || 1), 1)[0], taken.well);
          if (taken.do === 'leave') callers[taken.index % (callers.length || 1)]?.abort();
          if (taken.do === 'wait') clock.advance(taken.ms);
          if (taken.do === 'settle') await settle();
          expect(running.length).toBeLessThanOrEqual(3);
          expect(bulkhead.describe().inFlight).toBeLessThanOrEqual(3);
          expect(bulkhead.describe().queued).toBeLessThanOrEqual(4);
        }
        clock.advance(100);
        for (await settle(); running.length > 0; await settle()) end(running.pop(), true);
        await Promise.all(results);
        expect(bulkhead.describe()).toEqual({ inFlight: 0, queued: 0, abandoned: 0 });
        expect(clock.armed).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
