interface Imdb {
  readonly rating: number | null;
  readonly votes: number | null;
}

/** Votes at which a film's own rating has the same weight as the mean of all films. Limits the effect of few votes. */
const VOTES_FOR_HALF_WEIGHT = 5000;

/**
 * Computes a score from 0 to 1 for each film. The score is the mean of its rating and its votes on a logarithmic scale.
 * A rating with few votes is weighted towards the mean of all films, as in IMDB's formula for its Top 250.
 */
export function computeRatingScores(films: readonly Imdb[]): number[] {
  const ratings = films.flatMap(({ rating }) => (rating === null ? [] : [rating]));
  const meanRating =
    ratings.length === 0 ? 0 : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  const mostVotes = films.reduce((most, { votes }) => Math.max(most, votes ?? 0), 1);
  return films.map(({ rating, votes }) => {
    const weight = (votes ?? 0) / ((votes ?? 0) + VOTES_FOR_HALF_WEIGHT);
    const quality = (weight * (rating ?? meanRating) + (1 - weight) * meanRating) / 10;
    const prominence = Math.log1p(votes ?? 0) / Math.log1p(mostVotes);
    return (quality + prominence) / 2;
  });
}
