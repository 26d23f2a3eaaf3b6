import { beforeEach, describe, expect, it } from 'vitest';
import type { Priority } from '@film-store/core';
import { settle, VirtualClock } from '@film-store/core/testing';
import { createBulkhead, recordLatency } from './core/bulkhead.ts';
import type { Call } from './core/call.ts';
import { type Capacity, QueueingUpstream, type Totals } from '../test/queueing-upstream.ts';

const DEADLINE_MS = 1000;

const perSecond = ({ concurrency, serviceMs }: Capacity): number => (concurrency * 1000) / serviceMs;
const p99 = (latenciesMs: readonly number[]): number =>
  latenciesMs.toSorted((a, b) => a - b)[Math.ceil(latenciesMs.length * 0.99) - 1]!;
const failed = (...totals: Totals[]): number =>
  totals.reduce((sum, { sent, succeeded }) => sum + sent - succeeded, 0);

describe('an upstream that queues without shedding, at ten times its capacity', () => {
  it.each([
    { concurrency: 1, serviceMs: 50, gateways: 1 },
    { concurrency: 4, serviceMs: 100, gateways: 1 },
    { concurrency: 8, serviceMs: 80, gateways: 1 },
    { concurrency: 16, serviceMs: 20, gateways: 1 },
    { concurrency: 4, serviceMs: 100, gateways: 2 },
    { concurrency: 8, serviceMs: 80, gateways: 2 },
  ])(
    'serves all orders and reads in time: $concurrency × $serviceMs ms, gateways: $gateways',
    async ({ gateways, ...capacity }) => {
      const upstream = new QueueingUpstream({ gateways });
      const load = { rps: perSecond(capacity) * 10, seconds: 10 };
      await upstream.run(capacity, { rps: perSecond(capacity) / 2, seconds: 10 });
      // The gateways adapt while the upstream still works on what it has queued.
      await upstream.run(capacity, { ...load, seconds: 40 });
      const { critical, normal, sheddable } = await upstream.run(capacity, load);
      expect(failed(critical)).toBe(0);
      const reads = [...normal.latenciesMs, ...sheddable.latenciesMs];
      expect(p99([...reads, ...critical.latenciesMs])).toBeLessThan(DEADLINE_MS);
      const served = reads.length + critical.succeeded;
      expect(served / (perSecond(capacity) * load.seconds)).toBeGreaterThan(0.9);
      expect(upstream.breakers).toEqual(Array(gateways).fill('closed'));
    },
  );

  it('fails orders if its limit is fixed', async () => {
    const capacity = { concurrency: 4, serviceMs: 100 };
    const upstream = new QueueingUpstream({ bulkheadAdaptive: false });
    await upstream.run(capacity, { rps: 20, seconds: 10 });
    await upstream.run(capacity, { rps: 400, seconds: 40 });
    const { critical } = await upstream.run(capacity, { rps: 400, seconds: 10 });
    expect(failed(critical) / critical.sent).toBeGreaterThan(0.5);
    expect(upstream.limits).toEqual([64]);
  });
});

describe('an upstream that meets its demand keeps the permits that it needs', () => {
  const unlimited = (serviceMs: number): Capacity => ({ concurrency: Infinity, serviceMs });

  it('at a high rate: 1,500 calls per second of 20 ms need 30', async () => {
    const upstream = new QueueingUpstream();
    const { critical, normal, sheddable } = await upstream.run(unlimited(20), { rps: 1500, seconds: 20 });
    expect(failed(critical, normal, sheddable)).toBe(0);
    expect(upstream.limits).toEqual([64]);
  });

  it('when its latency rises from 10 to 100 ms: 250 calls per second then need 25', async () => {
    const upstream = new QueueingUpstream();
    const load = { rps: 250, seconds: 10 };
    await upstream.run(unlimited(10), load);
    await upstream.run(unlimited(100), { ...load, seconds: 3 });
    const { critical, normal, sheddable } = await upstream.run(unlimited(100), load);
    expect(failed(critical, normal, sheddable)).toBe(0);
    expect(upstream.limits[0]).toBeGreaterThan(50);
  });

  it('again after an overload, within 3 s', async () => {
    const upstream = new QueueingUpstream();
    const overloaded = { concurrency: 8, serviceMs: 80 };
    await upstream.run(overloaded, { rps: 1000, seconds: 40 });
    expect(upstream.limits[0]).toBeLessThan(25);
    await upstream.run(unlimited(20), { rps: 1000, seconds: 3 });
    const { critical, normal, sheddable } = await upstream.run(unlimited(20), { rps: 1000, seconds: 10 });
    expect(failed(critical, normal, sheddable)).toBe(0);
  });
});

describe('the limit of an adaptive bulkhead', () => {
  let clock: VirtualClock;
  let bulkhead: ReturnType<typeof createBulkhead>;
  beforeEach(() => {
    clock = new VirtualClock();
    bulkhead = createBulkhead({ concurrency: 20, queue: 0, queueTimeoutMs: 0, adaptive: true }, { clock });
  });
  const after = (ms: number) => new Promise<void>((done) => clock.after(ms, done));
  const lasting =
    (outcome: 'completed' | 'cut-short', ms: number): Call<void> =>
    async (context) => {
      await after(ms);
      recordLatency(context, outcome, ms, clock.now());
    };
  const send = (calls: number, priority: Priority, attempt: Call<void>): void => {
    const call = bulkhead.policy(attempt);
    const { signal } = new AbortController();
    for (let nth = 0; nth < calls; nth++)
      void call({ signal, deadline: Infinity, attempt: 1, idempotent: true, priority }).catch(
        () => undefined,
      );
  };

  /** Sends ten quick calls, and then three times more than the limit allows. Returns the limit. */
  async function limitAfter(attempt: Call<void>): Promise<number> {
    for (let nth = 0; nth < 10; nth++) {
      send(1, 'normal', lasting('completed', 10));
      clock.advance(10);
      await settle();
    }
    for (let nth = 0; nth < 3; nth++) {
      send(40, 'normal', attempt);
      clock.advance(100);
      await settle();
    }
    return bulkhead.describeLimit().limit;
  }

  it('falls by slow responses', async () => {
    expect(await limitAfter(lasting('completed', 100))).toBe(18);
  });

  it('falls faster by timeouts', async () => {
    expect(await limitAfter(lasting('cut-short', 100))).toBe(8);
  });

  it('ignores errors, cancelled calls and rejections', async () => {
    const failing = async (): Promise<void> => {
      await after(100);
      throw new Error('down');
    };
    expect(await limitAfter(failing)).toBe(20);
  });

  it('leaves twice its permits to critical calls, also during a probe', async () => {
    await limitAfter(lasting('cut-short', 100));
    expect(bulkhead.describeLimit()).toMatchObject({ limit: 8, probing: true });
    send(40, 'critical', lasting('completed', 100));
    expect(bulkhead.describe().inFlight).toBe(16);
  });

  it('leaves at most the concurrency to critical calls', () => {
    send(40, 'critical', lasting('completed', 100));
    expect(bulkhead.describe().inFlight).toBe(20);
  });
});
