import { describe, expect, it } from 'vitest';
import { UNKNOWN_RATING } from './film-table.ts';
import { computeRatingScores } from './rating-score.ts';

const toScores = (films: readonly { rating: number | null; votes: number | null }[]): Float64Array =>
  computeRatingScores(
    Uint16Array.from(films, ({ rating }) => (rating === null ? UNKNOWN_RATING : 100 * rating)),
    Uint32Array.from(films, ({ votes }) => votes ?? 0),
  );

describe('computeRatingScores', () => {
  it('weights a rating with few votes towards the mean', () => {
    const [unrated, rated] = toScores([
      { rating: 10, votes: 0 },
      { rating: 6, votes: 5000 },
    ]);
    // The mean is 8. Without votes the first counts as 8. With 5,000 votes the second is half 6 and half 8.
    expect(unrated).toBeCloseTo(0.4, 10);
    expect(rated).toBeCloseTo((0.7 + 1) / 2, 10);
  });

  it('counts votes on a logarithmic scale', () => {
    const [most, some, none] = toScores([
      { rating: null, votes: 9999 },
      { rating: null, votes: 99 },
      { rating: null, votes: null },
    ]);
    expect(most).toBeCloseTo(0.5, 10);
    expect(some).toBeCloseTo(0.25, 10);
    expect(none).toBe(0);
  });
});
