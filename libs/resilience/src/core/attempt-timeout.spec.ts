import { getEventListeners } from 'node:events';
import { type Mock, beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import {
  ADAPTIVE_TIMEOUT_DEFAULTS,
  type AdaptiveTimeout,
  createAdaptiveTimeout,
} from './adaptive-timeout.ts';
import { type AttemptTimeoutDeps, createAttemptTimeout } from './attempt-timeout.ts';
import type { Call, CallContext, Classify, ShortenedBy } from './call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';
import { createLatencyWindow } from './latency-window.ts';

let clock: VirtualClock;
let timeout: AdaptiveTimeout;
let holdPermitUntil: Mock<AttemptTimeoutDeps['holdPermitUntil']>;
let caller: AbortController;
beforeEach(() => {
  clock = new VirtualClock();
  timeout = createAdaptiveTimeout(ADAPTIVE_TIMEOUT_DEFAULTS, createLatencyWindow(ADAPTIVE_TIMEOUT_DEFAULTS));
  holdPermitUntil = vi.fn<AttemptTimeoutDeps['holdPermitUntil']>();
  caller = new AbortController();
});

const context = (more: Partial<CallContext> = {}): CallContext => ({
  signal: caller.signal,
  deadline: Infinity,
  attempt: 1,
  idempotent: true,
  ...more,
});
/** A timeout that the upstream reports. */
const TOO_LATE = new Error('504');
const classify: Classify = (error) => (error === TOO_LATE ? 'timeout' : 'failure');
const guarded = <T>(call: Call<T>) =>
  createAttemptTimeout({ clock, timeout, classify, holdPermitUntil }).policy(call);
const error = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => undefined,
    (reason: unknown) => reason,
  );

/** Work that the test settles, and the contexts that it got. */
function work() {
  const contexts: CallContext[] = [];
  const started: PromiseWithResolvers<string>[] = [];
  const call: Call<string> = (context) => {
    contexts.push(context);
    const work = Promise.withResolvers<string>();
    started.push(work);
    return work.promise;
  };
  return { call, contexts, started };
}

describe('an attempt', () => {
  it('succeeds, and leaves no timer and no listener', async () => {
    expect(await guarded(() => Promise.resolve('Alien'))(context())).toBe('Alien');
    expect(clock.armed).toBe(0);
    expect(getEventListeners(caller.signal, 'abort')).toEqual([]);
    expect(holdPermitUntil).not.toHaveBeenCalled();
  });

  it('fails with its error, and leaves no timer', async () => {
    const met = new Error('connection reset');
    expect(await error(guarded(() => Promise.reject(met))(context()))).toBe(met);
    expect(clock.armed).toBe(0);
  });

  it('may take a little less than the timeout', async () => {
    const { call, started } = work();
    const result = guarded(call)(context());
    clock.advance(999);
    started[0]?.resolve('Alien');
    expect(await result).toBe('Alien');
  });

  it('times out at the timeout, and is aborted', async () => {
    const { call, contexts } = work();
    const failed = error(guarded(call)(context()));
    clock.advance(1_000);
    expect(await failed).toEqual(new AttemptTimedOut(1_000));
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(clock.armed).toBe(0);
  });

  it.each([
    [500, new AttemptTimedOut(500)],
    [499, new DeadlineExceeded('the deadline passed during the attempt')],
  ])('ends at an earlier deadline of %i as %s, which is no sample', async (deadline, end) => {
    const timedOut = vi.spyOn(timeout, 'recordTimeout');
    const failed = error(guarded(work().call)(context({ deadline })));
    clock.advance(deadline);
    expect(await failed).toEqual(end);
    expect(timedOut).not.toHaveBeenCalled();
  });

  it('starts a millisecond before the deadline, not at the deadline', async () => {
    const { call, started } = work();
    clock.advance(299);
    const failed = error(guarded(call)(context({ deadline: 300 })));
    clock.advance(1);
    expect(await failed).toEqual(new DeadlineExceeded('the deadline passed during the attempt'));
    expect(await error(guarded(call)(context({ deadline: 300 })))).toBeInstanceOf(DeadlineExceeded);
    expect(started).toHaveLength(1);
  });

  it('does not start for a caller that has left', async () => {
    const { call, started } = work();
    caller.abort('gone');
    expect(await error(guarded(call)(context()))).toMatchObject({ name: 'Cancelled', cause: 'gone' });
    expect(started).toHaveLength(0);
  });

  it('is a sample if it succeeds or times out, not if it fails or is cancelled', async () => {
    const recorded = vi.spyOn(timeout, 'recordResponse');
    const timedOut = vi.spyOn(timeout, 'recordTimeout');
    const { call, started } = work();
    const calls = [1, 2, 3, 4].map(() => error(guarded(call)(context())));
    clock.advance(20);
    started[0]?.resolve('Alien');
    started[1]?.reject(new Error('rejected'));
    await settle();
    clock.advance(979);
    expect(recorded.mock.calls).toEqual([[20, 20]]);
    clock.advance(1);
    expect(timedOut.mock.calls).toEqual([[1_000], [1_000]]);
    const cancelled = error(guarded(call)(context()));
    caller.abort();
    await Promise.all([...calls, cancelled]);
    expect(recorded).toHaveBeenCalledTimes(1);
    expect(timedOut).toHaveBeenCalledTimes(2);
  });

  it('that settles late is dropped, whether it succeeds or fails', async () => {
    const recorded = vi.spyOn(timeout, 'recordResponse');
    const { call, started } = work();
    const failures = [guarded(call)(context()), guarded(call)(context())].map(error);
    clock.advance(1_000);
    started[0]?.resolve('too late');
    started[1]?.reject(new Error('too late'));
    await settle();
    expect(await Promise.all(failures)).toEqual([new AttemptTimedOut(1_000), new AttemptTimedOut(1_000)]);
    expect(recorded).not.toHaveBeenCalled();
  });

  it('gets a new signal and the rest of its context', async () => {
    const { call, contexts, started } = work();
    const given = { ...context({ deadline: 500, attempt: 2 }), extra: 'kept' };
    const result = guarded(call)(given);
    started[0]?.resolve('');
    await result;
    expect(contexts[0]).toEqual({ ...given, signal: expect.any(AbortSignal) });
    expect(contexts[0]?.signal).not.toBe(caller.signal);
  });

  it('that times out does not abort another attempt', async () => {
    const { call, contexts, started } = work();
    const slow = error(guarded(call)(context()));
    clock.advance(500);
    const healthy = guarded(call)(context());
    clock.advance(500);
    expect(await slow).toBeInstanceOf(AttemptTimedOut);
    expect(contexts.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    started[1]?.resolve('Alien');
    expect(await healthy).toBe('Alien');
  });

  it('that is abandoned is reported as running work before its caller gets the error', async () => {
    const { call, started } = work();
    const order: string[] = [];
    holdPermitUntil.mockImplementation(() => void order.push('tracked'));
    const given = context();
    const timedOut = error(guarded(call)(given)).then(() => order.push('caller reported'));
    clock.advance(1_000);
    await timedOut;
    expect(order).toEqual(['tracked', 'caller reported']);
    expect(holdPermitUntil).toHaveBeenCalledExactlyOnceWith(given, started[0]?.promise);

    const cancelled = error(guarded(call)(given));
    caller.abort();
    await cancelled;
    expect(holdPermitUntil).toHaveBeenLastCalledWith(given, started[1]?.promise);
  });

  it('reports a cancellation by its caller, even if the timeout is due too', async () => {
    const { call, contexts } = work();
    const failed = error(guarded(call)(context()));
    clock.advance(999);
    // An earlier listener makes the timeout due while the signal aborts.
    const early = new AbortController();
    early.signal.addEventListener('abort', () => clock.advance(1_000));
    const both = error(guarded(call)(context({ signal: early.signal })));
    early.abort('gone');
    expect(await both).toMatchObject({ name: 'Cancelled', cause: 'gone' });
    expect(await failed).toBeInstanceOf(AttemptTimedOut);
    expect(contexts[1]?.signal.reason).toBeInstanceOf(Cancelled);
    expect(clock.armed).toBe(0);
  });
});

describe('an attempt whose upstream reports a timeout', () => {
  it('is the same sample as a timeout of this process', async () => {
    const timedOut = vi.spyOn(timeout, 'recordTimeout');
    const { call, started } = work();
    const failed = error(guarded(call)(context()));
    clock.advance(990);
    started[0]?.reject(TOO_LATE);
    expect(await failed).toEqual(new AttemptTimedOut(1_000, { cause: TOO_LATE }));
    expect(timedOut.mock.calls).toEqual([[990]]);
    expect(clock.armed).toBe(0);
    expect(holdPermitUntil).not.toHaveBeenCalled();
  });

  it.each([
    ['a deadline cut it short', { deadline: 499 }, 'deadline'],
    ['a deadline left it enough time', { deadline: 500 }, undefined],
    ['its own timeout was cut to less than half', { timeoutMs: 1_000, deadline: 499 }, 'deadline'],
  ] as const)('is no sample where %s', async (_, more, shortenedBy) => {
    const timedOut = vi.spyOn(timeout, 'recordTimeout');
    const failed = error(guarded(() => Promise.reject(TOO_LATE))(context(more)));
    expect(await failed).toEqual(new AttemptTimedOut(more.deadline, { shortenedBy, cause: TOO_LATE }));
    expect(timedOut).not.toHaveBeenCalled();
  });
});

describe('an attempt with less time than the configuration allows', () => {
  beforeEach(() => {
    for (let time = 0; time < 200; time++) timeout.recordResponse(0, 20);
  });

  it('is shortened by an estimate, and reports it', async () => {
    const { call, contexts } = work();
    const failed = error(guarded(call)(context()));
    clock.advance(50);
    expect(await failed).toEqual(new AttemptTimedOut(50, { shortenedBy: 'estimate' }));
    expect(contexts[0]?.shortenedBy).toBe('estimate');
  });

  it('is shortened by a deadline that comes before the estimate', async () => {
    const { call, contexts } = work();
    const failed = error(guarded(call)(context({ deadline: 40 })));
    clock.advance(40);
    expect(await failed).toBeInstanceOf(DeadlineExceeded);
    expect(contexts[0]?.shortenedBy).toBe('deadline');
  });

  it('is not shortened if it has its own timeout', async () => {
    const { call, contexts } = work();
    const failed = error(guarded(call)(context({ timeoutMs: 60 })));
    clock.advance(60);
    expect(await failed).toEqual(new AttemptTimedOut(60));
    expect(contexts[0]?.shortenedBy).toBeUndefined();
  });

  it('gets the full time after three timeouts, and its response raises the timeout', async () => {
    for (let time = 0; time < 3; time++) timeout.recordTimeout(0);
    const { call, contexts, started } = work();
    const measuring = guarded(call)(context({ deadline: 900 }));
    const next = error(guarded(call)(context({ deadline: 900 })));
    expect(contexts.map(({ shortenedBy }) => shortenedBy)).toEqual([undefined, 'estimate']);
    clock.advance(150);
    started[0]?.resolve('Alien');
    expect(await measuring).toBe('Alien');
    expect(await next).toEqual(new AttemptTimedOut(50, { shortenedBy: 'estimate' }));
    expect(timeout.timeoutMs(150)).toBe(300);
  });

  it.each<[string, () => void, ShortenedBy | undefined]>([
    ['hangs', () => clock.advance(900), undefined],
    ['gets a timeout of the upstream after most of its time', () => clock.advance(890), undefined],
    ['gets a timeout of the upstream at once', () => undefined, 'estimate'],
  ])('is shortened by the estimate until an attempt with the full time %s', async (_, wait, shortenedBy) => {
    for (let time = 0; time < 3; time++) timeout.recordTimeout(0);
    const { call, contexts, started } = work();
    const measuring = error(guarded(call)(context({ deadline: 900 })));
    wait();
    started[0]?.reject(TOO_LATE);
    expect(await measuring).toBeInstanceOf(AttemptTimedOut);
    void error(guarded(call)(context({ attempt: 2, deadline: 5_000 })));
    expect(contexts[1]?.shortenedBy).toBe(shortenedBy);
  });

  it('gets the full time if it is a probe', async () => {
    const failed = error(guarded(work().call)(context({ probe: true })));
    clock.advance(1_999);
    const recorded = guarded(() => Promise.resolve('Alien'));
    expect(await recorded(context())).toBe('Alien');
    clock.advance(1);
    expect(await failed).toEqual(new AttemptTimedOut(2_000));
  });
});
