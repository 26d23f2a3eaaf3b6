import { describe, expect, it } from 'vitest';
import { simulate } from '../test/simulated-server.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { createGradientLimit } from './gradient-limit.ts';

const from = (initial: number): ConcurrencyLimit => createGradientLimit({ initial, min: 4, max: 1000 });
const steadily = (concurrency: number) => ({ concurrency, serviceMs: () => 80 });

/** `samples` a millisecond apart, the first one millisecond after `began`; the limit afterwards. */
function give(
  limit: ConcurrencyLimit,
  began: number,
  samples: number,
  sample: { rttMs: number; inFlight: number },
) {
  for (let each = 1; each <= samples; each++) limit.sample(began + each, { ...sample, outcome: 'answered' });
  return limit.current(began + samples);
}

describe('the limit, one sample at a time', () => {
  it('starts within its bounds', () => {
    expect([1, 20, 5000].map((initial) => from(initial).current(0))).toEqual([4, 20, 1000]);
  });

  it('changes with ten samples, not with nine', () => {
    const limit = from(20);
    give(limit, 0, 1, { rttMs: 1, inFlight: 1 });
    expect(give(limit, 1, 8, { rttMs: 1, inFlight: 20 })).toBe(20);
    expect(give(limit, 9, 14, { rttMs: 1, inFlight: 20 })).toBe(21);
  });

  it('changes once in a long RTT', () => {
    const limit = from(100);
    give(limit, 0, 1, { rttMs: 50, inFlight: 1 });
    expect(give(limit, 1, 48, { rttMs: 50, inFlight: 100 })).toBe(100);
    expect(give(limit, 49, 1, { rttMs: 50, inFlight: 100 })).toBe(102);
  });

  it('stays where less than half of it is in flight', () => {
    const limit = from(100);
    give(limit, 0, 20, { rttMs: 1, inFlight: 1 });
    expect(give(limit, 20, 1000, { rttMs: 1, inFlight: 49 })).toBe(100);
    expect(give(limit, 1020, 1000, { rttMs: 1, inFlight: 50 })).toBe(102);
  });

  it('stays between its bounds', () => {
    const limit = createGradientLimit({ initial: 20, min: 15, max: 25 });
    give(limit, 0, 10, { rttMs: 1, inFlight: 1 });
    expect(give(limit, 10, 1000, { rttMs: 1, inFlight: 25 })).toBe(25);
    expect(give(limit, 1010, 1000, { rttMs: 100, inFlight: 25 })).toBe(15);
  });

  it('falls by what was cut short beyond the tolerance, and ignores what was cut short within it', () => {
    const limit = from(100);
    give(limit, 0, 20, { rttMs: 10, inFlight: 1 });
    const cut = (began: number, rttMs: number) => {
      for (let each = 0; each < 200; each++)
        limit.sample(began + each, { rttMs, inFlight: 100, outcome: 'cut-short' });
      return limit.current(began + 200);
    };
    expect(cut(20, 14.9)).toBe(100);
    expect(cut(220, 100)).toBeLessThan(50);
  });
});

describe('against a simulated server of C at a time, 80 ms each, offered three times what it can do', () => {
  /** Where `L = 1.5 · C + √L`. */
  const equilibria = [
    { C: 8, L: 16 },
    { C: 32, L: 55.5 },
    { C: 64, L: 106.3 },
  ];

  describe.each(equilibria)('finds $L for C = $C, and all of its throughput', ({ C, L }) => {
    it.each([4, 20, 1000])('from %d', (initial) => {
      const limit = from(initial);
      const run = simulate(limit);
      const everyMs = 80 / C / 3;
      run(120_000, steadily(C), everyMs);
      expect(limit.current(120_000)).toBeGreaterThan(L * 0.8);
      expect(limit.current(120_000)).toBeLessThan(L * 1.2);
      expect(run(180_000, steadily(C), everyMs) / ((60_000 / 80) * C)).toBeGreaterThan(0.95);
    });
  });

  it('follows C up and down', () => {
    const limit = from(20);
    const run = simulate(limit);
    const settles = (until: number, C: number, L: number) => {
      run(until, steadily(C), 80 / 32 / 3);
      expect(limit.current(until)).toBeGreaterThan(L * 0.8);
      expect(limit.current(until)).toBeLessThan(L * 1.2);
      expect(run(until + 60_000, steadily(C), 80 / 32 / 3) / ((60_000 / 80) * C)).toBeGreaterThan(0.95);
    };
    settles(30_000, 8, 16);
    settles(120_000, 32, 55.5);
    settles(210_000, 8, 16);
  });

  it('follows a server that becomes slower, and faster again', () => {
    const limit = from(20);
    const run = simulate(limit);
    const settles = (until: number, serviceMs: number) => {
      run(until, { concurrency: 8, serviceMs: () => serviceMs }, 3);
      expect(limit.describe(until).longRttMs).toBeGreaterThan(serviceMs * 0.9);
      expect(limit.describe(until).longRttMs).toBeLessThan(serviceMs * 1.2);
      expect(limit.current(until)).toBeGreaterThan(16 * 0.8);
      expect(limit.current(until)).toBeLessThan(16 * 1.2);
    };
    settles(60_000, 80);
    settles(240_000, 160);
    settles(480_000, 40);
  });

  it.each([
    ['as long as chance will have it', (chance: number) => -80 * Math.log(1 - chance)],
    ['mostly short and sometimes long', (chance: number) => (chance < 0.8 ? 20 : 320)],
  ])('does not starve a server whose work is %s', (_, serviceMs) => {
    const random = seeded();
    const limit = from(20);
    const run = simulate(limit);
    const server = { concurrency: 8, serviceMs: () => serviceMs(random()) };
    run(60_000, server, 80 / 8 / 3);
    expect(run(600_000, server, 80 / 8 / 3) / ((540_000 / 80) * 8)).toBeGreaterThan(0.95);
    expect(limit.current(600_000)).toBeLessThan(32);
  });
});

describe('trap 15', () => {
  it('a limiter that keeps growing at a gradient near 0.8: at 0.8 this one shrinks above 25', () => {
    const limit = from(100);
    give(limit, 0, 50, { rttMs: 8, inFlight: 1 });
    // 1.5 · 8 / 15 = 0.8, and 25 = 25 · 0.8 + √25
    expect(give(limit, 50, 5000, { rttMs: 15, inFlight: 1000 })).toBe(25);
  });

  it('a baseline that drifts up under steady overload: after an hour the limit is where it was', () => {
    const limit = from(20);
    const run = simulate(limit);
    let [lowest, highest] = [Infinity, 0];
    for (let second = 1; second <= 3600; second++) {
      run(second * 1000, steadily(8), 80 / 8 / 3);
      if (second <= 60) continue;
      lowest = Math.min(lowest, limit.describe(second * 1000).limit);
      highest = Math.max(highest, limit.describe(second * 1000).limit);
    }
    expect(lowest).toBeGreaterThan(16 * 0.8);
    expect(highest).toBeLessThan(16 * 1.2);
    expect(limit.describe(3_600_000).longRttMs).toBeCloseTo(80, 0);
  });
});

/** The generator of Numerical Recipes, 0 to 1. */
function seeded(): () => number {
  let state = 1;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
