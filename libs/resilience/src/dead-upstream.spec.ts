import { describe, expect, it } from 'vitest';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { BreakerTransition } from './core/breaker.ts';
import type { CallContext } from './core/call.ts';
import { createSimulatedPipeline } from '../test/simulated-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { statusProblem } from './upstream-failure.ts';

const HEALTHY_MS = 10_000;
/** Time of a page. */
const DEADLINE_MS = 1_000;
const UNAVAILABLE = { status: 503, data: '', headers: {} };

/** A paused upstream responds when it is healthy again. */
type Behavior = 'healthy' | 'fails' | 'hangs' | 'is slower' | 'pauses';

/** Calls to an upstream in virtual time at a constant rate, with all policies. */
class Calls {
  readonly clock = new VirtualClock();
  readonly transitions: BreakerTransition[] = [];
  /** Calls that failed. */
  lost = 0;
  /** Attempts that have reached the upstream. */
  arrivals = 0;
  readonly #pipeline: Pipeline<void>;
  readonly #perSecond: number;
  #due = 0;
  #behavior: Behavior = 'healthy';
  #paused: (() => void)[] = [];

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#pipeline = createSimulatedPipeline({
      clock: this.clock,
      serve: (context) => this.#serve(context),
      onTransition: (transition) => this.transitions.push(transition),
    });
  }

  get behavior(): Behavior {
    return this.#behavior;
  }

  set behavior(behavior: Behavior) {
    this.#behavior = behavior;
    for (const resolve of this.#paused.splice(0)) resolve();
  }

  get breaker() {
    return this.#pipeline.breaker.describe();
  }

  /** Sends calls for `ms`, or until `isEnough`. */
  async run(ms: number, isEnough = () => false): Promise<void> {
    for (const end = this.clock.now() + ms; this.clock.now() < end && !isEnough();) {
      for (; this.#due <= this.clock.now(); this.#due += 1000 / this.#perSecond) this.#call();
      this.clock.advance(1);
      await settle();
    }
  }

  #call(): void {
    const { signal } = new AbortController();
    const deadline = this.clock.now() + DEADLINE_MS;
    const call = this.#pipeline.call({ signal, deadline, attempt: 1, idempotent: true });
    call.catch(() => (this.lost += 1));
  }

  #serve({ signal }: CallContext): Promise<void> {
    this.arrivals += 1;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      const fail = () => reject(statusProblem('catalog', UNAVAILABLE, []));
      if (this.behavior === 'healthy') this.clock.after(4 + (this.arrivals % 9), resolve);
      if (this.behavior === 'fails') this.clock.after(2, fail);
      if (this.behavior === 'is slower') this.clock.after(400, resolve);
      if (this.behavior === 'pauses') this.#paused.push(resolve);
    });
  }
}

/** Lets an upstream die after some health, until the breaker opens. */
async function die(perSecond: number, behavior: Behavior) {
  const calls = new Calls(perSecond);
  await calls.run(HEALTHY_MS);
  calls.behavior = behavior;
  calls.arrivals = 0;
  await calls.run(10_000, () => calls.breaker.state === 'open');
  const [opened] = calls.transitions;
  return { few: calls.arrivals <= 25, ms: (opened?.at ?? NaN) - HEALTHY_MS, to: opened?.to };
}

describe('an upstream that dies after ten seconds of health', () => {
  it.each([20, 80, 320])(
    'gets at most 25 calls before the breaker opens: %i calls/s fail',
    async (perSecond) => {
      expect(await die(perSecond, 'fails')).toMatchObject({ to: 'open', few: true });
    },
  );

  it.each([20, 80, 320])(
    'gets at most 25 calls before the breaker opens: %i calls/s hang',
    async (perSecond) => {
      expect(await die(perSecond, 'hangs')).toMatchObject({ to: 'open', few: true });
    },
  );

  it.each([80, 320])(
    'opens the breaker within 0.5 s at %i calls/s, and one attempt later if it hangs',
    async (rate) => {
      expect((await die(rate, 'fails')).ms).toBeLessThanOrEqual(500);
      expect((await die(rate, 'hangs')).ms).toBeLessThanOrEqual(500 + DEADLINE_MS);
    },
  );
});

describe('an upstream that becomes slower', () => {
  it.each([20, 80, 320])(
    'never opens the breaker, and gets fewer calls until its first response: %i/s',
    async (rate) => {
      const calls = new Calls(rate);
      await calls.run(HEALTHY_MS);
      calls.behavior = 'is slower';
      calls.arrivals = 0;
      await calls.run(400);
      expect(calls.arrivals).toBeLessThanOrEqual(25);
      await calls.run(20_000);
      expect(calls.transitions).toEqual([]);
      expect(calls.breaker).toMatchObject({ state: 'closed', totals: { failure: 0 } });
    },
  );

  it('for 0.3 s, loses no call at 80/s: calls wait until it responds again', async () => {
    const calls = new Calls(80);
    await calls.run(HEALTHY_MS);
    calls.behavior = 'pauses';
    await calls.run(300);
    expect(calls.breaker.admittedFraction).toBe(0);
    calls.behavior = 'healthy';
    await calls.run(2_000);
    expect(calls.lost).toBe(0);
    expect(calls.breaker.admittedFraction).toBe(1);
  });
});
