import { beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { CallContext } from './core/call.ts';
import { createSimulatedPipeline } from '../test/simulated-pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { statusProblem } from './upstream-failure.ts';

const TOO_LATE = {
  status: 504,
  data: JSON.stringify(new Problem('deadline-exceeded').toBody('r')),
  headers: {},
};
/** Time of a read: far less than the longest attempt timeout. */
const READ_MS = 890;
const CALLS_PER_SECOND = 50;

/** Part of its time that the service keeps back. */
const SLACK_MS = 10;

/** An upstream in virtual time, whose `nth` call takes `latencyMs(nth)`. */
class SlowUpstream {
  readonly clock = new VirtualClock();
  latencyMs: (nth: number) => number = () => 5;
  /** Set if it responds with a 504 at its deadline. */
  heedsDeadline = false;
  /** Highest number of concurrent attempts that had more time than the timeout. */
  mostFullTime = 0;
  #fullTime = 0;
  #calls = 0;
  readonly #pipeline: Pipeline<void>;

  constructor() {
    this.#pipeline = createSimulatedPipeline({
      clock: this.clock,
      serve: (context) => this.#serve(context),
    });
  }

  get breaker() {
    return this.#pipeline.breaker.describe();
  }

  get timeoutMs(): number {
    const policies = this.#pipeline.describe();
    return policies.flatMap((each) => (each.policy === 'attempt-timeout' ? [each.state.timeoutMs] : []))[0]!;
  }

  /** Sends calls for the given time, waits for all of them, and returns the fraction that failed. */
  async run(seconds: number, timeMs = READ_MS): Promise<number> {
    const calls: Promise<boolean>[] = [];
    let settled = 0;
    for (let nth = 0; nth < seconds * CALLS_PER_SECOND; nth += 1) {
      const call = this.#call(timeMs);
      void call.then(() => (settled += 1));
      calls.push(call);
      await this.#pass(1000 / CALLS_PER_SECOND);
    }
    while (settled < calls.length) await this.#pass(1);
    const responded = await Promise.all(calls);
    return responded.filter((each) => !each).length / calls.length;
  }

  #call(timeMs: number): Promise<boolean> {
    const deadline = this.clock.now() + timeMs;
    const { signal } = new AbortController();
    return this.#pipeline.call({ signal, deadline, attempt: 1, idempotent: true }).then(
      () => true,
      () => false,
    );
  }

  async #serve(context: CallContext): Promise<void> {
    const fullTime = context.deadline - this.clock.now() > this.timeoutMs ? 1 : 0;
    this.#fullTime += fullTime;
    this.mostFullTime = Math.max(this.mostFullTime, this.#fullTime);
    await this.#work(context).finally(() => (this.#fullTime -= fullTime));
  }

  #work({ deadline, signal }: CallContext): Promise<void> {
    this.#calls += 1;
    const workMs = this.latencyMs(this.#calls);
    const leftMs = Math.max(0, Math.floor(deadline - this.clock.now()) - SLACK_MS);
    return new Promise((resolve, reject) => {
      if (this.heedsDeadline && workMs > leftMs)
        this.clock.after(leftMs, () => reject(statusProblem('catalog', TOO_LATE, [])));
      else if (workMs < Infinity) this.clock.after(workMs, resolve);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  async #pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1) {
      this.clock.advance(1);
      await settle();
    }
  }
}

let upstream: SlowUpstream;
beforeEach(async () => {
  upstream = new SlowUpstream();
  await upstream.run(10);
});

describe.each([
  ['continues past its deadline', false],
  ['responds with a 504 at its deadline', true],
])('an upstream that %s', (_, heedsDeadline) => {
  beforeEach(() => (upstream.heedsDeadline = heedsDeadline));

  it.each([60, 150, 400, 700])(
    'becomes slower, %i ms within the deadline: the timeout follows, the breaker stays closed',
    async (ms) => {
      upstream.latencyMs = () => ms;
      await upstream.run(3);
      expect(upstream.timeoutMs).toBeGreaterThan(ms);
      expect(await upstream.run(20)).toBe(0);
      expect(upstream.breaker).toMatchObject({ state: 'closed', totals: { failure: 0 } });
    },
  );

  it('becomes slower for three of ten calls: the timeout follows, the breaker stays closed', async () => {
    upstream.latencyMs = (nth) => ([3, 6, 9].includes(nth % 10) ? 150 : 5);
    await upstream.run(30);
    expect(upstream.timeoutMs).toBeGreaterThan(150);
    expect(await upstream.run(20)).toBe(0);
    expect(upstream.breaker).toMatchObject({ state: 'closed', totals: { failure: 0 } });
  });

  it('hangs: the breaker opens', async () => {
    upstream.latencyMs = () => Infinity;
    await upstream.run(10);
    expect(upstream.breaker.state).toBe('open');
  });

  it('hangs: one attempt at a time gets more than the timeout, also with retries and hedges', async () => {
    upstream.latencyMs = () => Infinity;
    await upstream.run(10);
    expect(upstream.mostFullTime).toBe(1);
  });

  it('is too slow for callers with little time: the breaker stays closed', async () => {
    upstream.latencyMs = () => 60;
    expect(await upstream.run(10, 30)).toBe(1);
    expect(upstream.breaker).toMatchObject({ state: 'closed', totals: { failure: 0 } });
    expect(await upstream.run(1)).toBeLessThan(1);
  });
});
