interface Imdb {
  readonly rating: number | null;
  readonly votes: number | null;
}

/** Votes at which a film's own rating weighs as much as the mean of all: few votes are a weak claim to a 9. */
const VOTES_TO_BELIEVE = 5000;

/**
 * How good and how well known each film is, from 0 to 1: the mean of its rating, drawn to the mean of all while its
 * votes are few (the weighted rating IMDB published for its Top 250), and of its votes on a logarithmic scale.
 */
export function ratingScores(films: readonly Imdb[]): number[] {
  const ratings = films.flatMap(({ rating }) => (rating === null ? [] : [rating]));
  const meanRating =
    ratings.length === 0 ? 0 : ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
  const mostVotes = films.reduce((most, { votes }) => Math.max(most, votes ?? 0), 1);
  return films.map(({ rating, votes }) => {
    const believed = (votes ?? 0) / ((votes ?? 0) + VOTES_TO_BELIEVE);
    const quality = (believed * (rating ?? meanRating) + (1 - believed) * meanRating) / 10;
    const fame = Math.log1p(votes ?? 0) / Math.log1p(mostVotes);
    return (quality + fame) / 2;
  });
}
