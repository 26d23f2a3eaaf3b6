interface Imdb {
  readonly rating: number | null;
  readonly votes: number | null;
}

/** Votes at which a film's own rating weighs as much as the mean of all, so that few votes make no 9. */
const VOTES_FOR_HALF_WEIGHT = 5000;

/**
 * Returns how good and how well known each film is, from 0 to 1. A score is the mean of two parts: the rating, weighted
 * towards the mean of all films while votes are few (IMDB's formula for its Top 250), and the votes on a log scale.
 */
export function computeRatingScores(films: readonly Imdb[]): number[] {
  const ratings = films.flatMap(({ rating }) => (rating === null ? [] : [rating]));
  const meanRating =
    ratings.length === 0 ? 0 : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  const mostVotes = films.reduce((most, { votes }) => Math.max(most, votes ?? 0), 1);
  return films.map(({ rating, votes }) => {
    const believed = (votes ?? 0) / ((votes ?? 0) + VOTES_FOR_HALF_WEIGHT);
    const quality = (believed * (rating ?? meanRating) + (1 - believed) * meanRating) / 10;
    const fame = Math.log1p(votes ?? 0) / Math.log1p(mostVotes);
    return (quality + fame) / 2;
  });
}
