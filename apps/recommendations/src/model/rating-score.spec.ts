import { describe, expect, it } from 'vitest';
import { computeRatingScores } from './rating-score.ts';

describe('ratingScores', () => {
  it('draws a rating to the mean of all while its votes are few', () => {
    const [few, believed] = computeRatingScores([
      { rating: 10, votes: 0 },
      { rating: 6, votes: 5000 },
    ]);
    // Means 8: without votes the first counts as an 8; at 5,000 votes the second is half its own 6, half the 8.
    expect(few).toBeCloseTo(0.4, 10);
    expect(believed).toBeCloseTo((0.7 + 1) / 2, 10);
  });

  it('counts votes on a logarithmic scale', () => {
    const [most, some, none] = computeRatingScores([
      { rating: null, votes: 9999 },
      { rating: null, votes: 99 },
      { rating: null, votes: null },
    ]);
    expect(most).toBeCloseTo(0.5, 10);
    expect(some).toBeCloseTo(0.25, 10);
    expect(none).toBe(0);
  });
});
