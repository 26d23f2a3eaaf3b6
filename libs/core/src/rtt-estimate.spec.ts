import { describe, expect, it } from 'vitest';
import { NO_ESTIMATE, type RttEstimate, addSample, meanMs, startMeasurement } from './rtt-estimate.ts';

const add = (estimate: RttEstimate, samples: number, rttMs: number): RttEstimate =>
  Array.from({ length: samples }).reduce<RttEstimate>((next) => addSample(next, rttMs), estimate);
const known = startMeasurement(add(NO_ESTIMATE, 30, 10));

describe('the estimate of an uncontended RTT', () => {
  it('is unknown without samples, and otherwise their mean', () => {
    expect(meanMs(NO_ESTIMATE)).toBeUndefined();
    expect(meanMs(add(add(NO_ESTIMATE, 1, 10), 3, 20))).toBe(17.5);
  });

  it('averages the measurement and the earlier mean, by samples', () => {
    expect(meanMs(add(known, 10, 18))).toBe(12);
  });

  it('counts at most 30 earlier samples', () => {
    const many = startMeasurement(add(NO_ESTIMATE, 1000, 10));
    expect(meanMs(add(many, 10, 18))).toBe(12);
  });

  it.each([
    { samples: 9, rttMs: 23, mean: 13 },
    { samples: 10, rttMs: 20, mean: 20 },
    { samples: 10, rttMs: 19.9, mean: 12.475 },
    { samples: 10, rttMs: 5, mean: 5 },
    { samples: 10, rttMs: 5.1, mean: 8.775 },
  ])(
    'is $mean ms after $samples samples of $rttMs ms, with an earlier mean of 10 ms',
    ({ samples, rttMs, mean }) => {
      expect(meanMs(add(known, samples, rttMs))).toBeCloseTo(mean, 9);
    },
  );

  it('continues from a measurement that contradicts the earlier mean', () => {
    const next = startMeasurement(add(known, 10, 100));
    expect(meanMs(add(next, 10, 110))).toBe(105);
  });
});
