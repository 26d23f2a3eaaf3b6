import type { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import { BREAKER_DEFAULTS, type BreakerTransition, createBreaker } from './breaker.ts';
import type { CallContext, Outcome } from './call.ts';
import { BreakerOpen, Cancelled } from './errors.ts';

const context: CallContext = {
  signal: new AbortController().signal,
  deadline: Infinity,
  attempt: 1,
  idempotent: true,
};
const failure = new Error('the upstream is down');
const cancelled = new Cancelled('the caller has left');

/** A breaker whose calls end when and how the test says; chance is the next of `chances`, 0 where none are left. */
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
    const answer = breaker.policy(() => {
      sent += 1;
      admitted = true;
      return work.promise;
    })({ ...context, ...given });
    answer.catch(() => {});
    work.promise.catch(() => {});
    const end = async (outcome: Outcome) => {
      if (outcome === 'success') work.resolve('film');
      else work.reject(outcome === 'failure' ? failure : cancelled);
      await answer.catch(() => {});
    };
    return { answer, admitted, end };
  }

  const call = async (outcome: Outcome, given: Partial<CallContext> = {}) => {
    const { answer, end } = begin(given);
    await end(outcome);
    return answer;
  };
  const trip = async () => {
    for (let time = 0; time < 20; time += 1) await call('failure').catch(() => {});
  };
  /** Open, then half-open with nothing under way. */
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
  it('passes answers and errors on as they are', async () => {
    const { call } = harness();
    await expect(call('success')).resolves.toBe('film');
    await expect(call('failure')).rejects.toBe(failure);
    await expect(call('ignored')).rejects.toBe(cancelled);
  });

  it('counts how all calls ended, and those it did not admit', async () => {
    const { breaker, call, trip } = harness();
    await call('success');
    await call('ignored').catch(() => {});
    await trip();
    await call('success').catch(() => {});
    expect(breaker.describe().totals).toEqual({ success: 1, failure: 19, ignored: 1, rejected: 2 });
  });

  it('opens for ten seconds and says how much of them is left', async () => {
    const { clock, begin, trip, kind, path, sent } = harness();
    await trip();
    expect(kind()).toBe('open');
    clock.advance(9_999);
    await expect(begin().answer).rejects.toEqual(new BreakerOpen(1));
    expect(sent()).toBe(20);
    clock.advance(1);
    expect(begin().admitted).toBe(true);
    expect(path()).toEqual(['0: closed → open, tripped', '10000: open → half-open, elapsed']);
  });

  it('goes back to closed by one probe and a ramp, telling each change once', async () => {
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

  it('stays open for longer as probes fail, and for ten seconds again after a success when closed', async () => {
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

  it('opens again when a call of the ramp fails', async () => {
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

  it('counts what the ramp admitted and what ends after it', async () => {
    const { clock, breaker, begin, call, halfOpen } = harness();
    await halfOpen();
    await call('success');
    const slow = begin();
    clock.advance(5_000);
    await slow.end('failure');
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 1, failures: 1 });
  });

  it('trap 4: an ignored or cancelled probe proves nothing, and the next call is the probe', async () => {
    const { begin, call, halfOpen, kind } = harness();
    await halfOpen();
    await call('ignored').catch(() => {});
    expect(kind()).toBe('half-open');
    const probe = begin();
    expect([probe.admitted, begin().admitted]).toEqual([true, false]);
  });

  it('trap 4: ignored outcomes neither open the circuit nor dilute its error rate', async () => {
    const { breaker, call, trip } = harness();
    for (let time = 0; time < 100; time += 1) await call('ignored').catch(() => {});
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 0, failures: 0 });
    await trip();
    expect(breaker.describe().state).toBe('open');
  });

  it('trap 5: a hung probe fails when its lease ends, and a later one gets its turn', async () => {
    const { clock, begin, halfOpen, kind, path } = harness();
    await halfOpen();
    const hung = begin();
    clock.advance(4_999);
    await expect(begin().answer).rejects.toEqual(new BreakerOpen(1));
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

  it('trap 5: a lease that ended an hour ago costs the next caller nothing', async () => {
    const { clock, begin, halfOpen } = harness();
    await halfOpen();
    begin();
    clock.advance(3_600_000);
    expect(begin().admitted).toBe(true);
  });

  it('trap 6: a result from before the circuit opened does not close the half-open state', async () => {
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

  it('trap 6: a failure from before the circuit opened does not fail the probe', async () => {
    const { clock, begin, trip, kind } = harness();
    const early = begin();
    await trip();
    clock.advance(10_000);
    begin();
    await early.end('failure');
    expect(kind()).toBe('half-open');
  });

  it('trap 7: of 500 waiters one is the probe, and the ramp lets the others in by shares', async () => {
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

  it('trap 13: serves any number of calls without a timer or a listener more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
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

  it('trap 13: a disposed breaker lets calls end, and opens no more', async () => {
    const { breaker, begin, trip, kind } = harness();
    const slow = begin();
    breaker.dispose();
    await slow.end('success');
    await expect(slow.answer).resolves.toBe('film');
    await trip();
    expect(kind()).toBe('closed');
  });
});

describe('breaker that judges critical calls apart', () => {
  const critical = { priority: 'critical' } as const;
  const apart = () => harness([], { ...BREAKER_DEFAULTS, criticalFailures: 3 });

  it('lets them pass while it is open for all others', async () => {
    const { call, trip, kind } = apart();
    await trip();
    for (let time = 0; time < 10; time += 1) await call('success', critical);
    expect(kind()).toBe('open');
    await expect(call('success')).rejects.toBeInstanceOf(BreakerOpen);
    await expect(call('success', { priority: 'normal' })).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('rejects them with all others once three in a row have failed', async () => {
    const { begin, call, trip } = apart();
    await trip();
    for (const outcome of ['failure', 'failure', 'success', 'failure', 'ignored', 'failure'] as const)
      await call(outcome, critical).catch(() => {});
    expect(begin(critical).admitted).toBe(true);
    await expect(call('failure', critical)).rejects.toBe(failure);
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('rejects them at once where it opened on their failures', async () => {
    const { call } = apart();
    for (let time = 0; time < 20; time += 1) await call('failure', critical).catch(() => {});
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });

  it('lets them pass beside its probe, on whose verdict they have no part', async () => {
    const { begin, call, halfOpen, kind } = apart();
    await halfOpen();
    const probe = begin();
    await call('success', critical);
    await expect(call('failure', critical)).rejects.toBe(failure);
    expect(kind()).toBe('half-open');
    await probe.end('success');
    expect(kind()).toBe('recovering');
  });

  it('lets nobody pass while it is held open by hand', async () => {
    const { breaker, call } = apart();
    breaker.setMode('isolated');
    await expect(call('success', critical)).rejects.toBeInstanceOf(BreakerOpen);
  });
});

describe('breaker turned by hand', () => {
  it('holds open past any time, and goes on with a probe', async () => {
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

  it('holds closed whatever fails, and goes on with an empty window', async () => {
    const { breaker, call, trip, kind } = harness();
    await trip();
    breaker.setMode('forced-closed');
    await trip();
    expect(kind()).toBe('forced-closed');
    breaker.setMode('auto');
    expect(breaker.describe()).toMatchObject({ state: 'closed', calls: 0 });
    await expect(call('success')).resolves.toBe('film');
  });

  it('tells each turn once, and none that changes nothing', () => {
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

  it('tells listeners and statistics of opossum what happens', async () => {
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

  it('stays open while probes fail, and tells of one opening', async () => {
    const { clock, breaker, call, halfOpen } = harness();
    const heard = listen(breaker);
    await halfOpen();
    expect(breaker.circuit.opened).toBe(true);
    await call('failure').catch(() => {});
    clock.advance(20_000);
    await call('failure').catch(() => {});
    expect(heard.filter((event) => event !== 'failure')).toEqual(['open']);
  });

  it('follows the hand that turns the breaker', () => {
    const { breaker } = harness();
    const heard = listen(breaker);
    for (const mode of ['isolated', 'forced-closed', 'isolated', 'auto'] as const) breaker.setMode(mode);
    expect(heard).toEqual(['open', 'close', 'open']);
  });

  it('has the name of what it stands before', () => {
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

  it('an open breaker admits nothing, and at most one probe is under lease at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.double({ min: 0, max: 0.99, noNaN: true })),
        async (steps, chances) => {
          const { clock, breaker, begin, kind } = harness(chances);
          const underWay: { readonly end: (outcome: Outcome) => Promise<void> }[] = [];
          let probes: { readonly call: object; readonly probeEndsAt: number }[] = [];
          const end = async (call: (typeof underWay)[number], outcome: Outcome) => {
            await call.end(outcome);
            probes = probes.filter((probe) => probe.call !== call);
          };
          for (const taken of steps) {
            if (taken.do === 'wait') clock.advance(taken.ms);
            if (taken.do === 'set-mode') breaker.setMode(taken.mode);
            if (taken.do === 'end all') for (const call of underWay.splice(0)) await end(call, taken.outcome);
            if (taken.do === 'end') {
              const [call] = underWay.splice(taken.index % (underWay.length || 1), 1);
              if (call) await end(call, taken.outcome);
            }
            for (let time = 0; taken.do === 'begin' && time < taken.times; time += 1) {
              const before = kind();
              const call = begin();
              if (!call.admitted) continue;
              underWay.push(call);
              expect(['open', 'isolated']).not.toContain(before);
              if (before === 'half-open') probes.push({ call, probeEndsAt: clock.now() + 5_000 });
            }
            // A hand that turns the switch to open and back gives up the probe; the next is another's.
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
