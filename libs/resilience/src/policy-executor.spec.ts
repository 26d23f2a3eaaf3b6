import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import '@film-store/contracts';
import { ClientDisconnected, requestContext } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { VirtualClock } from '@film-store/core/testing';
import type { BreakerTransition } from './core/breaker.ts';
import { BreakerOpen } from './core/errors.ts';
import { PolicyExecutor } from './policy-executor.ts';
import { type ExecutorPolicies, EXECUTOR_POLICY_DEFAULTS } from './policy-options.ts';

class Unreachable extends Error {}
/** An error like that of PostgreSQL for a statement that exceeded its `statement_timeout`. */
class Late extends Unreachable {}

let clock: VirtualClock;
let transitions: BreakerTransition[];
beforeEach(() => {
  clock = new VirtualClock();
  transitions = [];
});

const declare = (policies: Partial<ExecutorPolicies> = {}): PolicyExecutor =>
  new PolicyExecutor('store', {
    policies: { ...EXECUTOR_POLICY_DEFAULTS, breakerMinimumCalls: 2, ...policies },
    isFailure: (error) => error instanceof Unreachable,
    isTimeout: (error) => error instanceof Late,
    onTransition: (transition) => transitions.push(transition),
    clock,
    random: () => 0.5,
  });
const toError = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const state = (store: PolicyExecutor, policy: string) =>
  store.describe().policies.find((each) => each.policy === policy)?.state;
const hang = (): Promise<never> => new Promise(() => undefined);
const unreachable = (): Promise<never> => Promise.reject(new Unreachable());

describe('a policy executor', () => {
  it('settles as the work does', async () => {
    const store = declare();
    const error = new TypeError('a bug');
    expect(await store.execute(async () => 'a')).toBe('a');
    expect(await toError(store.execute(() => Promise.reject(error)))).toBe(error);
    expect(
      await toError(
        store.execute(() => {
          throw error;
        }),
      ),
    ).toBe(error);
  });

  it('retries nothing', async () => {
    let tried = 0;
    await toError(
      declare().execute(() => {
        tried += 1;
        return unreachable();
      }),
    );
    expect(tried).toBe(1);
  });

  it('has only a bulkhead, a breaker and a timeout, in this order', () => {
    const { name, policies } = declare().describe();
    expect([name, ...policies.map(({ policy }) => policy)]).toEqual([
      'store',
      'bulkhead',
      'breaker',
      'attempt-timeout',
    ]);
  });

  it('opens its breaker on failures, and reports when to retry', async () => {
    const store = declare();
    await toError(store.execute(unreachable));
    await toError(store.execute(unreachable));
    expect(transitions).toMatchObject([{ from: 'closed', to: 'open', reason: 'tripped' }]);
    const rejected = await toError(store.execute(() => Promise.reject(new Error('called'))));
    expect(rejected).toMatchObject({ code: 'breaker-open', status: 503, headers: { 'retry-after': '10' } });
    expect((rejected as Problem).cause).toBeInstanceOf(BreakerOpen);
  });

  it('aborts work that hangs, counts a failure, and holds the permit until the work settles', async () => {
    const store = declare({ timeoutInitialMs: 200, bulkheadConcurrency: 1, bulkheadQueueLimit: 0 });
    let ended: AbortSignal | undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = toError(
      store.execute((signal) => {
        ended = signal;
        return promise;
      }),
    );
    await turn();
    clock.advance(200);
    expect(await late).toMatchObject({ code: 'upstream-timeout', status: 504 });
    expect(ended?.aborted).toBe(true);
    expect(state(store, 'breaker')).toMatchObject({ calls: 1, failures: 1 });
    expect(await toError(store.execute(async () => 'a'))).toMatchObject({
      code: 'bulkhead-full',
      status: 503,
    });
    resolve();
    await turn();
    expect(await store.execute(async () => 'a')).toBe('a');
  });

  it('ignores a problem, a bug and a caller that left', async () => {
    const store = declare();
    const caller = new AbortController();
    const left = toError(
      requestContext.run({ requestId: 'r-1', signal: caller.signal }, () => store.execute(hang)),
    );
    await turn();
    caller.abort(new ClientDisconnected('gone'));
    expect(await left).toMatchObject({ name: 'Cancelled' });
    await toError(store.execute(() => Promise.reject(new Problem('out-of-stock'))));
    await toError(store.execute(() => Promise.reject(new TypeError('a bug'))));
    expect(state(store, 'breaker')).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
  });

  it.each([
    ['little', 400, 0],
    ['enough', 600, 1],
  ])(
    'passes on a timeout of the server for work that had %s time, and counts it by that time',
    async (_, deadline, failures) => {
      const store = declare();
      const late = new Late();
      const ended = requestContext.run({ requestId: 'r-1', deadline }, () =>
        store.execute(() => Promise.reject(late)),
      );
      expect(await toError(ended)).toBe(late);
      expect(state(store, 'breaker')).toMatchObject({ failures });
    },
  );

  it('adapts its timeout to a server that suddenly becomes slower, and keeps the breaker closed', async () => {
    const store = declare();
    for (let call = 0; call < 50; call += 1) await store.execute(async () => 'a');
    const work = () => new Promise((resolve) => clock.after(150, () => resolve('a')));
    const ends: unknown[] = [];
    for (let call = 0; call < 10; call += 1) {
      const end = store.execute(work).catch(({ code }: Problem) => code);
      await turn();
      clock.advance(199);
      ends.push(await end);
    }
    const late = ['upstream-timeout', 'upstream-timeout', 'upstream-timeout'];
    expect(ends).toEqual([...late, 'a', 'a', 'a', 'a', 'a', 'a', 'a']);
    expect(state(store, 'breaker')).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('rejects work without enough time before the deadline', async () => {
    const late = requestContext.run({ requestId: 'r-1', deadline: 29 }, () =>
      declare().execute(() => Promise.reject(new Error('called'))),
    );
    expect(await toError(late)).toMatchObject({ code: 'deadline-exceeded' });
  });

  it('gives work its own timeout, which is no sample of the adaptive timeout', async () => {
    const store = declare({ timeoutInitialMs: 200 });
    const { promise, resolve } = Promise.withResolvers<string>();
    const slow = store.execute(() => promise, { timeoutMs: 5000 });
    await turn();
    clock.advance(4999);
    resolve('a');
    expect(await slow).toBe('a');
    const slower = toError(store.execute(hang, { timeoutMs: 5000 }));
    await turn();
    clock.advance(5000);
    expect(await slower).toMatchObject({ code: 'upstream-timeout' });
    expect(state(store, 'attempt-timeout')).toMatchObject({ timeoutMs: 200, samples: 0 });
  });

  it('lets an operator set the mode of the breaker', async () => {
    const store = declare();
    store.setBreakerMode('isolated');
    expect(store.breakerState).toBe('isolated');
    expect(await toError(store.execute(async () => 'a'))).toMatchObject({ code: 'breaker-open' });
    store.setBreakerMode('forced-closed');
    expect(await store.execute(async () => 'a')).toBe('a');
  });
});

it('rejections of the bulkhead do not open the breaker', async () => {
  const store = declare({ bulkheadConcurrency: 1, bulkheadQueueLimit: 0 });
  void toError(store.execute(hang));
  for (let call = 0; call < 10; call += 1) {
    expect(await toError(store.execute(hang))).toMatchObject({ code: 'bulkhead-full' });
  }
  expect(state(store, 'breaker')).toMatchObject({ state: 'closed', calls: 0 });
});

it('an ignored probe does not close the breaker', async () => {
  const store = declare();
  await toError(store.execute(unreachable));
  await toError(store.execute(unreachable));
  clock.advance(10_000);
  await toError(store.execute(() => Promise.reject(new Problem('not-found'))));
  expect(store.breakerState).toBe('half-open');
  await store.execute(async () => 'a');
  expect(store.breakerState).toBe('recovering');
});

it('a probe that hangs fails after its timeout', async () => {
  const store = declare();
  await toError(store.execute(unreachable));
  await toError(store.execute(unreachable));
  clock.advance(10_000);
  const probe = toError(store.execute(hang));
  await turn();
  clock.advance(EXECUTOR_POLICY_DEFAULTS.timeoutMaxMs);
  expect(await probe).toMatchObject({ code: 'upstream-timeout' });
  expect(store.breakerState).toBe('open');
});

type End = 'succeeds' | 'is unreachable' | 'has a bug' | 'ends late' | 'is abandoned';

it('releases every permit when the work has settled, whatever happens to it', async () => {
  const ends = fc.array(
    fc.constantFrom<End>('succeeds', 'is unreachable', 'has a bug', 'ends late', 'is abandoned'),
    {
      maxLength: 30,
    },
  );
  await fc.assert(
    fc.asyncProperty(ends, async (sequence) => {
      const store = declare({ bulkheadConcurrency: 3, bulkheadQueueLimit: 4 });
      const caller = new AbortController();
      const unfinished: (() => void)[] = [];
      let inFlight = 0;
      let most = 0;
      const calls = sequence.map((end) =>
        requestContext.run(
          { requestId: 'r-1', ...(end === 'is abandoned' && { signal: caller.signal }) },
          () =>
            toError(
              store.execute(async () => {
                inFlight += 1;
                most = Math.max(most, inFlight);
                if (end === 'ends late' || end === 'is abandoned') {
                  await new Promise<void>((resolve) => unfinished.push(resolve));
                } else {
                  await turn();
                }
                inFlight -= 1;
                if (end === 'is unreachable') throw new Unreachable();
                if (end === 'has a bug') throw new TypeError();
              }),
            ),
        ),
      );
      await turn();
      caller.abort(new ClientDisconnected('gone'));
      for (let round = 0; round < sequence.length; round += 1) {
        await turn();
        clock.advance(1000);
        for (const finish of unfinished.splice(0)) finish();
      }
      await Promise.all(calls);
      await turn();
      expect(most).toBeLessThanOrEqual(3);
      expect(state(store, 'bulkhead')).toMatchObject({ inFlight: 0, queued: 0, abandoned: 0 });
    }),
    { numRuns: 50 },
  );
});
