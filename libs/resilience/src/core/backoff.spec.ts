import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RETRY_DEFAULTS, backoffMs } from './retry.ts';

const most = (retry: number) => backoffMs(retry, RETRY_DEFAULTS, () => 1);

describe('the backoff', () => {
  it('doubles its range with each retry up to the cap', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(most)).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('is drawn from the whole range', () => {
    expect([0, 0.25, 0.5].map((chance) => backoffMs(2, RETRY_DEFAULTS, () => chance))).toEqual([0, 50, 100]);
  });

  it('lies between 0 and the cap for any number of retries', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5_000), chance, (retry, chance) => {
        const ms = backoffMs(retry, RETRY_DEFAULTS, () => chance);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThan(1_000);
      }),
    );
  });
});
