import type { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import { BREAKER_DEFAULTS, type BreakerTransition, createBreaker } from './breaker.ts';
import type { CallContext, Outcome } from './call.ts';
import { AttemptTimedOut, BreakerOpen, Cancelled } from './errors.ts';

const context: CallContext = {
  signal: new AbortController().signal,
  deadline: Infinity,
  attempt: 1,
  idempotent: true,
};
const failure = new Error('the upstream is down');
const cancelled = new Cancelled('the caller has left');

/** A breaker whose calls the test settles. The random numbers are `chances`, and then 0. */
function harness(chances: number[] = [], settings = BREAKER_DEFAULTS) {
  const clock = new VirtualClock();
  const transitions: BreakerTransition[] = [];
  const breaker = createBreaker(settings, {
    clock,
    random: () => chances.shift() ?? 0,
    classify: (error) => (error === failure ? 'failure' : 'ignored'),
    onTransition: (transition) => transitions.push(transition),
  });
  let sent = 0;

  function begin(given: Partial<CallContext> = {}) {
    const work = Promise.withResolvers<string>();
    let admitted = false;
    const result = breaker.policy(() => {
      sent += 1;
      admitted = true;
      return work.promise;
    })({ ...context, ...given });
    result.catch(() => {});
    work.promise.catch(() => {});
    const end = async (outcome: Outcome) => {
      if (outcome === 'success') work.resolve('film');
      else work.reject(outcome === 'failure' ? failure : cancelled);
      await result.catch(() => {});
    };
    return { result, admitted, end };
  }

  const call = async (outcome: Outcome, given: Partial<CallContext> = {}) => {
    const { result, end } = begin(given);
    await end(outcome);
    return result;
  };
  /** Fails as many calls as open a breaker that has had few failures. */
  const trip = async () => {
    for (let time = 0; time < 14; time += 1) await call('failure').catch(() => {});
  };
  /** Opens the breaker and waits until it is half-open without a probe. */
  const halfOpen = async () => {
    await trip();
    clock.advance(10_000);
  };
  const kind = () => breaker.describe().state;
  const path = () => transitions.map(({ from, to, reason, at }) => `${at}: ${from} → ${to}, ${reason}`);
  return { clock, breaker, begin, call, trip, halfOpen, kind, path, sent: () => sent };
}

afterEach(() => vi.useRealTimers());

describe('breaker', () => {
  it('passes on values and errors', async () => {
    const { call } = harness();
    await expect(call('success')).resolves.toBe('film');
    await expect(call('failure')).rejects.toBe(failure);
    await expect(call('ignored')).rejects.toBe(cancelled);
  });

  it('counts all calls by outcome, and rejections', async () => {
    const { breaker, call, trip } = harness();
    await call('success');
    await call('ignored').catch(() => {});
    await trip();
    await call('success').catch(() => {});
    expect(breaker.describe().totals).toEqual({ success: 1, failure: 14, ignored: 1, rejected: 1 });
  });

  it('opens for ten seconds, and reports the remaining time', async () => {
    const { clock, begin, trip, kind, path, sent } = harness();
    await trip();
    expect(kind()).toBe('open');
    clock.advance(9_999);
    await expect(begin().result).rejects.toEqual(new BreakerOpen(1));
    expect(sent()).toBe(14);
    clock.advance(1);
    expect(begin().admitted).toBe(true);
    expect(path()).toEqual(['0: closed → open, tripped', '10000: open → half-open, elapsed']);
  });

  it('closes after one probe and a recovery, and reports each change once', async () => {
    const { clock, call, halfOpen, kind, path } = harness();
    await halfOpen();
    await call('success');
    expect(kind()).toBe('recovering');
    clock.advance(4_999);
    expect(kind()).toBe('recovering');
    clock.advance(1);
    expect(kind()).toBe('closed');
    await call('success');
    expect(path()).toEqual([
      '0: closed → open, tripped',
      '10000: open → half-open, elapsed',
      '10000: half-open → recovering, success',
      '15000: recovering → closed, elapsed',
    ]);
  });

  it('admits all calls after a recovery with a failure, and closes when four more have succeeded than failed', async () => {
    const { clock, breaker, call, halfOpen, kind } = harness();
    await halfOpen();
    for (const outcome of ['success', 'success', 'failure'] as const) await call(outcome).catch(() => {});
    clock.advance(60_000);
    expect(breaker.describe()).toMatchObject({ state: 'recovering', admittedFraction: 1 });
    await call('success');
    await call('success');
    expect(kind()).toBe('recovering');
    await call('success');
    expect(kind()).toBe('closed');
  });

  it('opens again at the fourth failure in a row, however many calls of the recovery succeeded', async () => {
    const { clock, call, halfOpen, kind } = harness();
    await halfOpen();
    await call('success');
    clock.advance(4_000);
    for (let time = 0; time < 1_000; time += 1) await call('success');
    for (let time = 0; time < 3; time += 1) await call('failure').catch(() => {});
    expect(kind()).toBe('recovering');
    await call('failure').catch(() => {});
    expect(kind()).toBe('open');
  });

  it('stays open for longer after each failed probe, and for ten seconds again after a success when closed', async () => {
    const { clock, breaker, call, trip, halfOpen } = harness();
    await halfOpen();
    const lengths: number[] = [];
    for (let probe = 0; probe < 4; probe += 1) {
      await call('failure').catch(() => {});
      lengths.push(breaker.describe().retryAfterMs);
      clock.advance(60_000);
    }
    expect(lengths).toEqual([20_000, 40_000, 60_000, 60_000]);
    await call('success');
    clock.advance(5_000);
    expect(breaker.describe()).toMatchObject({ state: 'closed', openMs: 60_000 });
    await call('success');
    await trip();
    expect(breaker.describe()).toMatchObject({ state: 'open', retryAfterMs: 10_000 });
  });

  it('opens again when a call of the recovery fails', async () => {
    const { clock, breaker, call, halfOpen } = harness();
    await halfOpen();
    await call('success');
    clock.advance(4_000);
    await call('failure').catch(() => {});
    expect(breaker.describe()).toMatchObject({ state: 'open', retryAfterMs: 10_000 });
  });

  it('starts with an empty window when it closes', async () => {
    const { clock, breaker, call, halfOpen } = harness();
    await halfOpen();
    await call('success');
    clock.advance(5_000);
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
  });

  it('counts calls of the recovery that end after it', async () => {
    const { clock, breaker, begin, call, halfOpen } = harness();
    await halfOpen();
    await call('success');
    const slow = begin();
    clock.advance(5_000);
    await slow.end('failure');
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 1, failures: 1 });
  });

  it('makes the next call the probe after an ignored or cancelled probe', async () => {
    const { begin, call, halfOpen, kind } = harness();
    await halfOpen();
    await call('ignored').catch(() => {});
    expect(kind()).toBe('half-open');
    const probe = begin();
    expect([probe.admitted, begin().admitted]).toEqual([true, false]);
  });

  it('does not count ignored calls, neither as failures nor in the error rate', async () => {
    const { breaker, call, trip } = harness();
    for (let time = 0; time < 100; time += 1) await call('ignored').catch(() => {});
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
    await trip();
    expect(breaker.describe().state).toBe('open');
  });

  it('fails a probe that hangs at its timeout, and starts another one later', async () => {
    const { clock, begin, halfOpen, kind, path } = harness();
    await halfOpen();
    const hung = begin();
    clock.advance(4_999);
    await expect(begin().result).rejects.toEqual(new BreakerOpen(1));
    clock.advance(1);
    expect(kind()).toBe('open');
    clock.advance(20_000);
    const probe = begin();
    expect(probe.admitted).toBe(true);
    await hung.end('success');
    expect(kind()).toBe('half-open');
    await probe.end('success');
    expect(kind()).toBe('recovering');
    expect(path().slice(2)).toEqual([
      '15000: half-open → open, elapsed',
      '35000: open → half-open, elapsed',
      '35000: half-open → recovering, success',
    ]);
  });

  it('admits the next caller at once if the probe timed out an hour ago', async () => {
    const { clock, begin, halfOpen } = harness();
    await halfOpen();
    begin();
    clock.advance(3_600_000);
    expect(begin().admitted).toBe(true);
  });

  it('does not recover on a success of a call from before it opened', async () => {
    const { clock, begin, trip, kind } = harness();
    const early = begin();
    await trip();
    clock.advance(10_000);
    const probe = begin();
    await early.end('success');
    expect(kind()).toBe('half-open');
    await probe.end('success');
    expect(kind()).toBe('recovering');
  });

  it('does not open again on a failure of a call from before it opened', async () => {
    const { clock, begin, trip, kind } = harness();
    const early = begin();
    await trip();
    clock.advance(10_000);
    begin();
    await early.end('failure');
    expect(kind()).toBe('half-open');
  });

  it('makes one of 500 callers the probe, and admits growing fractions of the others', async () => {
    const evenly = (calls: number) => Array.from({ length: calls }, (_, index) => index / calls);
    const chances: number[] = [];
    const { clock, begin, halfOpen } = harness(chances);
    const storm = () => Array.from({ length: 500 }, begin);
    const admitted = (calls: ReturnType<typeof storm>) => calls.filter((call) => call.admitted);
    await halfOpen();
    const [probe, ...more] = admitted(storm());
    expect(more).toEqual([]);
    await probe?.end('success');
    const waves: number[] = [];
    for (const waitMs of [0, 1_667, 1_667, 1_666]) {
      clock.advance(waitMs);
      chances.splice(0, Infinity, ...evenly(500));
      waves.push(admitted(storm()).length);
    }
    expect(waves).toEqual([50, 125, 250, 500]);
  });

  it('adds no timer and no listener for any number of calls', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval'] });
    const { clock, breaker, call, trip } = harness();
    const listen = vi.spyOn(context.signal, 'addEventListener');
    for (let time = 0; time < 100; time += 1) await call('success');
    await trip();
    clock.advance(10_000);
    await call('success');
    expect([vi.getTimerCount(), clock.armed, listen.mock.calls.length]).toEqual([0, 0, 0]);
    breaker.dispose();
    breaker.dispose();
  });

  it('lets calls end after it is disposed, and does not open any more', async () => {
    const { breaker, begin, trip, kind } = harness();
    const slow = begin();
    breaker.dispose();
    await slow.end('success');
    await expect(slow.result).resolves.toBe('film');
    await trip();
    expect(kind()).toBe('closed');
  });
});

describe('breaker with a count for critical calls', () => {
  const critical = { priority: 'critical' } as const;
  const apart = () => harness([], { ...BREAKER_DEFAULTS, criticalFailures: 3 });

  it('admits them while it is open for all others', async () => {
    const { call, trip, kind } = apart();
    await trip();
    for (let time = 0; time < 10; time += 1) await call('success', critical);
    expect(kind()).toBe('open');
    await expect(call('success')).rejects.toBeInstanceOf(BreakerOpen);
    await expect(call('success', { priority: 'normal' })).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('rejects them like all others after three consecutive failures', async () => {
    const { begin, call, trip } = apart();
    await trip();
    for (const outcome of ['failure', 'failure', 'success', 'failure', 'ignored', 'failure'] as const)
      await call(outcome, critical).catch(() => {});
    expect(begin(critical).admitted).toBe(true);
    await expect(call('failure', critical)).rejects.toBe(failure);
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('rejects them at once if it opened on their failures', async () => {
    const { call } = apart();
    for (let time = 0; time < 14; time += 1) await call('failure', critical).catch(() => {});
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('admits them beside its probe, and their results do not affect the recovery', async () => {
    const { begin, call, halfOpen, kind } = apart();
    await halfOpen();
    const probe = begin();
    await call('success', critical);
    await expect(call('failure', critical)).rejects.toBe(failure);
    expect(kind()).toBe('half-open');
    await probe.end('success');
    expect(kind()).toBe('recovering');
  });

  it('admits none while it is isolated', async () => {
    const { breaker, call } = apart();
    breaker.setMode('isolated');
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });
});

describe('breaker of a silent upstream', () => {
  const TIMED_OUT = new AttemptTimedOut(50, { shortenedBy: 'estimate' });
  const HUNG = new AttemptTimedOut(2_000);
  const retry = { attempt: 2, extraAttempt: { reason: 'retry', budgetLeft: 1 } } as const;
  const hedge = { attempt: 2, extraAttempt: { reason: 'hedge', budgetLeft: 1 } } as const;

  /** Sends calls that time out by the estimate, and one that gets the full time. */
  async function silent(timeouts: number) {
    const clock = new VirtualClock();
    let measuring = false;
    const settings = { ...BREAKER_DEFAULTS, criticalFailures: 3 };
    const breaker = createBreaker(settings, {
      clock,
      random: () => 0,
      classify: (error) => (error instanceof AttemptTimedOut ? 'timeout' : 'ignored'),
      latency: { isMeasuring: () => measuring, medianMs: () => 10, timeoutMs: () => 50 },
    });
    let sent = 0;
    const send = (work: Promise<string>, given: Partial<CallContext> = {}) =>
      breaker.policy(() => {
        sent += 1;
        return work;
      })({ ...context, ...given });
    const full = Promise.withResolvers<string>();
    const measured = send(full.promise);
    measured.catch(() => {});
    for (let time = 0; time < timeouts; time += 1) await send(Promise.reject(TIMED_OUT)).catch(() => {});
    measuring = true;
    // The clock starts when enough calls have no response, which `describe` notices.
    breaker.describe();
    clock.advance(10);
    const end = async (result: 'response' | 'hangs') => {
      measuring = false;
      if (result === 'response') full.resolve('film');
      else full.reject(HUNG);
      await measured.catch(() => {});
    };
    return { clock, breaker, send, end, sent: () => sent };
  }

  it('opens when the attempt with the full time hangs, because all timeouts count then', async () => {
    const { breaker, end } = await silent(13);
    await end('hangs');
    expect(breaker.describe()).toMatchObject({ state: 'open', totals: { failure: 1, ignored: 13 } });
  });

  it('stays closed with one timeout less', async () => {
    const { breaker, end } = await silent(12);
    await end('hangs');
    expect(breaker.describe()).toMatchObject({ state: 'closed', evidence: { excess: 13, threshold: 14 } });
  });

  it('drops all timeouts at a response', async () => {
    const { breaker, send, end } = await silent(100);
    await end('response');
    await send(Promise.reject(HUNG)).catch(() => {});
    expect(breaker.describe()).toMatchObject({ state: 'closed', evidence: { excess: 1 } });
  });

  it('lets calls wait while its calls without a response are enough to decide, and sends them at a response', async () => {
    const { clock, send, end, sent, breaker } = await silent(13);
    const held = send(Promise.resolve('film'));
    clock.advance(25);
    await settle();
    expect([sent(), breaker.describe().admittedFraction]).toEqual([14, 0]);
    await end('response');
    clock.advance(25);
    expect(await held).toBe('film');
  });

  it('rejects a call that has waited for 250 ms', async () => {
    const { clock, send, sent } = await silent(13);
    const held = send(Promise.resolve('film'));
    held.catch(() => {});
    for (let time = 0; time < 10; time += 1) {
      clock.advance(25);
      await settle();
    }
    await expect(held).rejects.toEqual(new BreakerOpen(1_000));
    expect(sent()).toBe(14);
  });

  it('ends the wait of a caller that leaves', async () => {
    const { clock, send } = await silent(13);
    const caller = new AbortController();
    const held = send(Promise.resolve('film'), { signal: caller.signal });
    caller.abort('gone');
    await expect(held).rejects.toMatchObject({ name: 'Cancelled', cause: 'gone' });
    expect(clock.armed).toBe(0);
  });

  it('holds no call without an attempt that has the full time, or with fewer calls', async () => {
    const { send, sent } = await silent(12);
    await send(Promise.resolve('film'));
    expect(sent()).toBe(14);
  });

  it('sends three hedges or retries to an upstream without a response, and rejects more hedges', async () => {
    const { send, sent } = await silent(4);
    for (const extra of [retry, hedge, retry]) await send(Promise.reject(TIMED_OUT), extra).catch(() => {});
    await expect(send(Promise.resolve('film'), hedge)).rejects.toEqual(new BreakerOpen(1_000));
    expect(sent()).toBe(8);
  });

  it('sends critical calls', async () => {
    const { send, sent } = await silent(13);
    expect(await send(Promise.resolve('film'), { priority: 'critical' })).toBe('film');
    expect(sent()).toBe(15);
  });
});

describe('breaker with a mode', () => {
  it('stays isolated for any time, and then starts with a probe', async () => {
    const { clock, breaker, begin, call, kind } = harness();
    const early = begin();
    breaker.setMode('isolated');
    clock.advance(3_600_000);
    await early.end('success');
    await expect(call('success')).rejects.toEqual(new BreakerOpen(10_000));
    breaker.setMode('auto');
    expect([begin().admitted, begin().admitted]).toEqual([true, false]);
    expect(kind()).toBe('half-open');
  });

  it('stays closed whatever fails, and then starts with an empty window', async () => {
    const { breaker, call, trip, kind } = harness();
    await trip();
    breaker.setMode('forced-closed');
    await trip();
    expect(kind()).toBe('forced-closed');
    breaker.setMode('auto');
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 0 });
    await expect(call('success')).resolves.toBe('film');
  });

  it('reports each change of mode once', () => {
    const { breaker, path } = harness();
    for (const mode of ['auto', 'isolated', 'isolated', 'forced-closed', 'auto', 'auto'] as const)
      breaker.setMode(mode);
    expect(path()).toEqual([
      '0: closed → isolated, isolated',
      '0: isolated → forced-closed, forced-closed',
      '0: forced-closed → closed, auto',
    ]);
  });
});

describe('circuit of a breaker', () => {
  /** The names of the events of opossum, in order. */
  const listen = ({ circuit }: ReturnType<typeof createBreaker>) => {
    const heard: string[] = [];
    const emitter: EventEmitter = circuit;
    for (const event of ['success', 'failure', 'reject', 'open', 'close', 'halfOpen'])
      emitter.on(event, () => heard.push(event));
    return heard;
  };

  it('reports calls to listeners and statistics of opossum', async () => {
    const { clock, breaker, call } = harness([], { ...BREAKER_DEFAULTS, minimumCalls: 2 });
    const heard = listen(breaker);
    await call('success');
    await call('ignored').catch(() => {});
    await call('failure').catch(() => {});
    await call('failure').catch(() => {});
    await call('success').catch(() => {});
    expect(heard).toEqual(['success', 'failure', 'failure', 'open', 'reject']);
    expect(breaker.circuit.stats).toMatchObject({ fires: 4, successes: 1, failures: 2, rejects: 1 });
    expect(breaker.circuit.opened).toBe(true);
    clock.advance(10_000);
    await call('success');
    expect(heard.slice(5)).toEqual(['close']);
    expect(breaker.circuit.closed).toBe(true);
  });

  it('stays open while probes fail, and reports one opening', async () => {
    const { clock, breaker, call, halfOpen } = harness();
    const heard = listen(breaker);
    await halfOpen();
    expect(breaker.circuit.opened).toBe(true);
    await call('failure').catch(() => {});
    clock.advance(20_000);
    await call('failure').catch(() => {});
    expect(heard.filter((event) => event !== 'failure')).toEqual(['open']);
  });

  it('follows the mode of the breaker', () => {
    const { breaker } = harness();
    const heard = listen(breaker);
    for (const mode of ['isolated', 'forced-closed', 'isolated', 'auto'] as const) breaker.setMode(mode);
    expect(heard).toEqual(['open', 'close', 'open']);
  });

  it('has the name of the upstream', () => {
    const deps = { clock: new VirtualClock(), random: () => 0, classify: () => 'failure' as const };
    expect(createBreaker(BREAKER_DEFAULTS, { ...deps, name: 'catalog' }).circuit.name).toBe('catalog');
  });
});

describe('breaker, whatever happens', () => {
  const outcome = fc.constantFrom<Outcome>('success', 'failure', 'failure', 'ignored');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), times: fc.nat(25) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), index: fc.nat(), outcome }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('end all' as const), outcome }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(12_000) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('set-mode' as const),
        mode: fc.constantFrom('isolated' as const, 'forced-closed' as const, 'auto' as const),
      }),
    },
  );

  it('an open breaker admits nothing, and at most one probe runs at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.double({ min: 0, max: 0.99, noNaN: true })),
        async (steps, chances) => {
          const { clock, breaker, begin, kind } = harness(chances);
          const running: { readonly end: (outcome: Outcome) => Promise<void> }[] = [];
          let probes: { readonly call: object; readonly probeEndsAt: number }[] = [];
          const end = async (call: (typeof running)[number], outcome: Outcome) => {
            await call.end(outcome);
            probes = probes.filter((probe) => probe.call !== call);
          };
          for (const taken of steps) {
            if (taken.do === 'wait') clock.advance(taken.ms);
            if (taken.do === 'set-mode') breaker.setMode(taken.mode);
            if (taken.do === 'end all') for (const call of running.splice(0)) await end(call, taken.outcome);
            if (taken.do === 'end') {
              const [call] = running.splice(taken.index % (running.length || 1), 1);
              if (call) await end(call, taken.outcome);
            }
            for (let time = 0; taken.do === 'begin' && time < taken.times; time += 1) {
              const before = kind();
              const call = begin();
              if (!call.admitted) continue;
              running.push(call);
              expect(['open', 'isolated']).not.toContain(before);
              if (before === 'half-open') probes.push({ call, probeEndsAt: clock.now() + 5_000 });
            }
            // A change of mode abandons the probe. The next probe is another call.
            if (kind() === 'isolated' || kind() === 'forced-closed') probes = [];
            probes = probes.filter((probe) => probe.probeEndsAt > clock.now());
            expect(probes.length).toBeLessThanOrEqual(1);
          }
          await settle();
        },
      ),
      { numRuns: 300 },
    );
  });
});
