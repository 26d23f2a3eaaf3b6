import { createFloat64, toRating } from './film-table.ts';

/** Votes at which a film's own rating has the same weight as the mean of all films. Limits the effect of few votes. */
const VOTES_FOR_HALF_WEIGHT = 5000;

/**
 * Computes a score from 0 to 1 for each film. The score is the mean of its rating and its votes on a logarithmic scale.
 * A rating with few votes is weighted towards the mean of all films, as in IMDB's formula for its Top 250.
 * @param ratings see `FilmTable.rating`
 * @param votes 0 if unknown
 * @returns scores in shared memory
 */
export function computeRatingScores(ratings: Uint16Array, votes: Uint32Array): Float64Array {
  const { mean, mostVotes } = summarize(ratings, votes);
  const scores = createFloat64(ratings.length);
  for (let film = 0; film < scores.length; film++) {
    const count = votes[film]!;
    const rating = toRating(ratings[film]!);
    const weight = count / (count + VOTES_FOR_HALF_WEIGHT);
    const quality = (weight * (Number.isNaN(rating) ? mean : rating) + (1 - weight) * mean) / 10;
    const prominence = Math.log1p(count) / Math.log1p(mostVotes);
    scores[film] = (quality + prominence) / 2;
  }
  return scores;
}

function summarize(ratings: Uint16Array, votes: Uint32Array): { mean: number; mostVotes: number } {
  let sum = 0;
  let rated = 0;
  let mostVotes = 1;
  for (let film = 0; film < ratings.length; film++) {
    const rating = toRating(ratings[film]!);
    if (!Number.isNaN(rating)) {
      sum += rating;
      rated += 1;
    }
    if (votes[film]! > mostVotes) mostVotes = votes[film]!;
  }
  return { mean: rated === 0 ? 0 : sum / rated, mostVotes };
}
