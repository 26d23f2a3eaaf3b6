import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LATENCY_WINDOW_DEFAULTS, type LatencyWindow, createLatencyWindow } from './latency-window.ts';

const EMPTY = { samples: 0, p50Ms: 0, p95Ms: 0, p99Ms: 0 };
const create = () => createLatencyWindow(LATENCY_WINDOW_DEFAULTS);
const record = (window: LatencyWindow, now: number, ms: number, times: number) => {
  for (let time = 0; time < times; time++) window.record(now, ms);
};

describe('a latency window', () => {
  it('is empty at first', () => {
    expect(create().summary(0)).toEqual(EMPTY);
  });

  it('finds the 95th and 99th percentile within 1 %', () => {
    const window = create();
    for (let ms = 1; ms <= 1_000; ms++) window.record(0, ms);
    const { samples, p50Ms, p95Ms, p99Ms } = window.summary(0);
    expect(samples).toBe(1_000);
    expect(p50Ms).toBeGreaterThanOrEqual(500);
    expect(p50Ms).toBeLessThan(505);
    expect(p95Ms).toBeGreaterThanOrEqual(950);
    expect(p95Ms).toBeLessThan(959.5);
    expect(p99Ms).toBeGreaterThanOrEqual(990);
    expect(p99Ms).toBeLessThan(999.9);
  });

  it('has a resolution of microseconds', () => {
    const window = create();
    record(window, 0, 0.123, 1);
    expect(window.summary(0).p99Ms).toBe(0.123);
  });

  it('accepts latencies of 0 and of more than a minute', () => {
    const window = create();
    record(window, 0, 0, 1);
    expect(window.summary(0)).toEqual({ samples: 1, p50Ms: 0, p95Ms: 0, p99Ms: 0 });
    record(window, 0, 3_600_000, 1);
    expect(window.summary(0).p99Ms).toBeCloseTo(60_031, 0);
  });

  it('contains exactly its six steps', () => {
    const window = create();
    record(window, 0, 10, 1);
    record(window, 5_000, 20, 2);
    expect(window.summary(29_999).samples).toBe(3);
    expect(window.summary(30_000).samples).toBe(2);
    expect(window.summary(34_999).samples).toBe(2);
    expect(window.summary(35_000)).toEqual(EMPTY);
  });

  it('removes old samples from its percentiles', () => {
    const window = create();
    record(window, 0, 500, 50);
    record(window, 5_000, 20, 50);
    expect(window.summary(5_000).p99Ms).toBeGreaterThan(500);
    expect(window.summary(30_000).p99Ms).toBe(20.095);
  });

  it('has no old samples after an hour without calls', () => {
    const window = create();
    for (let step = 0; step < 6; step++) record(window, step * 5_000, 900, 100);
    expect(window.summary(3_600_000)).toEqual(EMPTY);
    record(window, 3_600_000, 20, 1);
    expect(window.summary(3_600_000)).toEqual({ samples: 1, p50Ms: 20.095, p95Ms: 20.095, p99Ms: 20.095 });
  });

  it('is exact below a hundred samples, and after that refreshes its percentiles for each 1 % of new samples', () => {
    const window = create();
    for (let samples = 1; samples <= 99; samples++) {
      record(window, 0, 10, 1);
      expect(window.summary(0).samples).toBe(samples);
    }
    record(window, 0, 10, 901);
    expect(window.summary(0).samples).toBe(1_000);
    record(window, 0, 10, 10);
    expect(window.summary(0).samples).toBe(1_000);
    record(window, 0, 10, 1);
    expect(window.summary(0).samples).toBe(1_011);
  });

  it('counts the samples of its length, at any times of samples', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 90 });
    fc.assert(
      fc.property(gaps, (gaps) => {
        const window = create();
        const times: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          times.push(now);
          window.record(now, 10);
        }
        const { samples } = window.summary(now);
        expect(samples).toBeGreaterThanOrEqual(times.filter((time) => time > now - 25_000).length);
        expect(samples).toBeLessThanOrEqual(times.filter((time) => time > now - 30_000).length);
      }),
    );
  });
});
