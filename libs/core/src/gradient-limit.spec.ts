import { describe, expect, it } from 'vitest';
import { simulate } from '../test/simulated-server.ts';
import type { ConcurrencyLimit, Sample } from './concurrency-limit.ts';
import { createGradientLimit } from './gradient-limit.ts';

const from = (initial: number): ConcurrencyLimit => createGradientLimit({ initial, min: 4, max: 1000 });
const steadily = (concurrency: number) => ({ concurrency, serviceMs: () => 80 });

/** Adds `samples`, one per millisecond after `began`, and returns the limit. */
function give(limit: ConcurrencyLimit, began: number, samples: number, sample: Omit<Sample, 'outcome'>) {
  for (let each = 1; each <= samples; each++) limit.sample(began + each, { ...sample, outcome: 'completed' });
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

  it('changes once per uncontended RTT', () => {
    const limit = from(100);
    give(limit, 0, 1, { rttMs: 50, inFlight: 1 });
    expect(give(limit, 1, 48, { rttMs: 50, inFlight: 100 })).toBe(100);
    expect(give(limit, 49, 1, { rttMs: 50, inFlight: 100 })).toBe(102);
  });

  it('stays while less than half of it is in flight', () => {
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

  it('stays while each request finds a permit, if its samples say so', () => {
    const limit = from(100);
    give(limit, 0, 10, { rttMs: 1, inFlight: 1 });
    expect(give(limit, 10, 1000, { rttMs: 10, inFlight: 100, exhausted: false })).toBe(100);
    expect(give(limit, 1010, 10, { rttMs: 10, inFlight: 11, exhausted: true })).toBe(92);
  });

  it('moves without smoothing if half of the work was cut short', () => {
    const fall = (cutShort: number): number => {
      const limit = from(100);
      give(limit, 0, 10, { rttMs: 1, inFlight: 1 });
      for (let each = 0; each < 10; each++)
        limit.sample(11, { rttMs: 10, inFlight: 100, outcome: each < cutShort ? 'cut-short' : 'completed' });
      return limit.steady();
    };
    // 100 · 0.5 + √100 = 60
    expect([fall(5), fall(4)]).toEqual([60, 92]);
  });

  it('falls by work that was cut short beyond the tolerance, and ignores work that was cut short within it', () => {
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

describe('against a simulated server with C at a time, 80 ms each, at three times its capacity', () => {
  /** Where `L = 1.5 · C + √L`. */
  const equilibria = [
    { C: 8, L: 16 },
    { C: 32, L: 55.5 },
    { C: 64, L: 106.3 },
  ];

  describe.each(equilibria)('finds $L for C = $C with full throughput', ({ C, L }) => {
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
      expect(limit.describe(until).uncontendedRttMs).toBeGreaterThan(serviceMs * 0.9);
      expect(limit.describe(until).uncontendedRttMs).toBeLessThan(serviceMs * 1.2);
      expect(limit.current(until)).toBeGreaterThan(16 * 0.8);
      expect(limit.current(until)).toBeLessThan(16 * 1.2);
    };
    settles(60_000, 80);
    settles(240_000, 160);
    settles(480_000, 40);
  });

  it.each([
    ['exponentially distributed', (chance: number) => -80 * Math.log(1 - chance)],
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

describe('a probe limits the concurrency', () => {
  const admitted = (limit: ConcurrencyLimit, now: number) => [
    limit.current(now),
    limit.describe(now).probing,
  ];

  it('at once when a busy server has no uncontended sample, even if all its work is cut short', () => {
    const limit = from(20);
    for (let each = 0; each < 10; each++) {
      expect(admitted(limit, 1000)).toEqual([20, false]);
      limit.sample(1000, { rttMs: 1000, inFlight: 20, outcome: 'cut-short' });
    }
    expect(admitted(limit, 1000)).toEqual([4, true]);
    expect(limit.steady()).toBe(20);
  });

  it('until 16 samples have come for a limit of 20, four at a time', () => {
    const limit = from(20);
    give(limit, 0, 10, { rttMs: 10, inFlight: 20 });
    expect(give(limit, 10, 15, { rttMs: 10, inFlight: 4 })).toBe(4);
    expect(give(limit, 25, 1, { rttMs: 10, inFlight: 4 })).toBe(20);
    expect(limit.describe(26)).toEqual({ limit: 20, uncontendedRttMs: 10, recentRttMs: 10, probing: false });
  });

  it('or until twice their expected time has passed: 2 · 10 ms · (1 + 16 / 4)', () => {
    const limit = from(20);
    give(limit, 0, 10, { rttMs: 10, inFlight: 20 });
    expect(admitted(limit, 109)).toEqual([4, true]);
    expect(admitted(limit, 110)).toEqual([20, false]);
  });

  it('as soon as the limit has halved', () => {
    const limit = from(40);
    give(limit, 0, 10, { rttMs: 1, inFlight: 1 });
    let now = 10;
    const limits: number[] = [];
    for (; !limit.describe(now).probing; now += 10) {
      limits.push(limit.describe(now).limit);
      give(limit, now, 10, { rttMs: 100, inFlight: 40 });
    }
    expect(limits.at(-1)).toBe(20);
    expect(limit.describe(now).limit).toBe(19);
  });

  it('20 s after the last measurement, regardless of single uncontended samples', () => {
    const limit = from(20);
    give(limit, 0, 1, { rttMs: 1, inFlight: 1 });
    for (let second = 1; second < 20; second++) {
      give(limit, second * 1000, 1, { rttMs: 1, inFlight: 1 });
      give(limit, second * 1000 + 1, 19, { rttMs: 1, inFlight: 1000 });
      expect(limit.describe(second * 1000 + 20).probing).toBe(false);
    }
    give(limit, 20_000, 10, { rttMs: 1, inFlight: 1000 });
    expect(limit.describe(20_010).probing).toBe(true);
  });
});

describe('within 30 s of a change a server reaches 90 % of its capacity', () => {
  const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
  const always = (ms: number) => () => ms;
  const exponential = (ms: number) => (chance: number) => -ms * Math.log(1 - chance);
  /** Four of five requests are short, and one is sixteen times as long. */
  const mixed = (ms: number) => (chance: number) => (chance < 0.8 ? ms / 4 : ms * 4);
  const works = [always, exponential, mixed];
  interface Phase {
    readonly C: number;
    readonly ms: number;
    readonly rps: number;
  }
  const poll: Phase = { C: 10, ms: 1.5, rps: 1 };

  /**
   * Runs both phases with each seed, and returns the lowest fraction of the possible rate from 30 to 60 s after the
   * change.
   */
  function worstAfterChange(work: (typeof works)[number], before: Phase, after: Phase): number {
    const possible = Math.min(after.rps, (after.C * 1000) / after.ms);
    return Math.min(
      ...(work === always ? [1] : seeds).map((seed) => {
        const random = seeded(seed);
        const run = simulate(from(20));
        const serve = (until: number, { C, ms, rps }: Phase) =>
          run(until, { concurrency: C, serviceMs: () => work(ms)(random()) }, 1000 / rps);
        serve(60_000, before);
        serve(90_000, after);
        return serve(120_000, after) / (30 * possible);
      }),
    );
  }

  it.each([
    ['work of 10 ms follows polls of 1.5 ms', poll, { C: 10, ms: 10, rps: 900 }],
    ['overload of 100 ms each follows polls of 1.5 ms', poll, { C: 10, ms: 100, rps: 300 }],
    ['work takes ten times as long', { C: 1000, ms: 5, rps: 200 }, { C: 1000, ms: 50, rps: 200 }],
    ['work takes 30 times as long', { C: 1000, ms: 1, rps: 500 }, { C: 1000, ms: 30, rps: 500 }],
    [
      'overloaded, work takes three times as long',
      { C: 32, ms: 20, rps: 3000 },
      { C: 32, ms: 60, rps: 1500 },
    ],
    [
      'overloaded, work takes a third of the time',
      { C: 32, ms: 60, rps: 1500 },
      { C: 32, ms: 20, rps: 3000 },
    ],
    ['it loses most of its capacity', { C: 16, ms: 20, rps: 1600 }, { C: 4, ms: 20, rps: 1600 }],
  ])('%s', (_, before, after) => {
    for (const work of works) expect(worstAfterChange(work, before, after)).toBeGreaterThan(0.9);
  });

  it('load comes and goes', () => {
    for (const seed of seeds) {
      const random = seeded(seed);
      const run = simulate(from(20));
      const serve = (until: number, { C, ms, rps }: Phase) =>
        run(until, { concurrency: C, serviceMs: () => exponential(ms)(random()) }, 1000 / rps);
      let done = 0;
      for (let minute = 0; minute < 5; minute++) {
        serve(minute * 60_000 + 30_000, poll);
        done += serve(minute * 60_000 + 60_000, { C: 16, ms: 20, rps: 1200 });
      }
      expect(done / (5 * 30 * 800)).toBeGreaterThan(0.9);
    }
  });
});

describe('over a long time', () => {
  it('the limit shrinks above 25 at a gradient of 0.8', () => {
    const limit = from(100);
    give(limit, 0, 50, { rttMs: 8, inFlight: 1 });
    // 1.5 · 8 / 15 = 0.8, and 25 = 25 · 0.8 + √25
    expect(give(limit, 50, 5000, { rttMs: 15, inFlight: 1000 })).toBe(25);
  });

  it('the uncontended RTT and the limit stay after an hour of overload', () => {
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
    expect(limit.describe(3_600_000).uncontendedRttMs).toBeCloseTo(80, 0);
  });
});

/** The generator of Numerical Recipes, 0 to 1. */
function seeded(seed = 1): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
