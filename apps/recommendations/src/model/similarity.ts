import type { FilmTable } from './film-table.ts';

/**
 * Points for two films with an equal value, tuned on well-known films. Director, genre and creative type count most;
 * source and age rating separate films of one genre.
 */
const MATCH_WEIGHTS = {
  director: 1,
  genre: 1,
  creativeType: 1,
  source: 0.5,
  mpaaRating: 0.5,
} as const satisfies Partial<Record<keyof FilmTable, number>>;

/** Fraction of a match's weight that does not depend on the rarity of the value. */
const COMMON_MATCH = 0.2;

/** Films of one era are similar. The points decrease to 0 at a distance of `ERA_YEARS`. */
const ERA_WEIGHT = 0.2;
const ERA_YEARS = 20;

/** Films with similar ratings have similar audiences. The points decrease to 0 at a distance of `RATING_POINTS`. */
const RATING_WEIGHT = 0.2;
const RATING_POINTS = 3;

/** Ranks good and well-known films first among similar films. */
const RATING_SCORE_WEIGHT = 1;

/** Computes the similarity of every film to the `target`. Ignore the target's own score. */
export function scoreSimilarity(table: FilmTable, target: number): Float64Array {
  const scores = table.ratingScore.map((score) => RATING_SCORE_WEIGHT * score);
  for (const [attribute, weight] of Object.entries(MATCH_WEIGHTS) as [keyof typeof MATCH_WEIGHTS, number][]) {
    const matches = findPositions(table[attribute], table[attribute][target]);
    const points =
      weight * (COMMON_MATCH + (1 - COMMON_MATCH) * computeRarity(matches.length, scores.length));
    for (const film of matches) scores[film]! += points;
  }
  const year = table.year[target]!;
  const rating = table.rating[target]!;
  return scores.map(
    (score, film) =>
      score +
      ERA_WEIGHT * computeCloseness(year, table.year[film]!, ERA_YEARS) +
      RATING_WEIGHT * computeCloseness(rating, table.rating[film]!, RATING_POINTS),
  );
}

/**
 * Returns the rarity of a value, from 0 if all films have it to 1 if one film has it. It is the information content of the
 * value, relative to the maximum: two westerns have more in common than two dramas.
 */
const computeRarity = (matches: number, films: number): number =>
  Math.log2(films / matches) / Math.log2(films);

/** Returns 1 for equal values, decreasing to 0 at a distance of `range`. Returns 0 if a value is unknown. */
function computeCloseness(a: number, b: number, range: number): number {
  const distance = Math.abs(a - b);
  return distance < range ? 1 - distance / range : 0;
}

function findPositions(column: Float64Array, value: number | undefined): number[] {
  const positions: number[] = [];
  for (let film = 0; film < column.length; film++) {
    if (column[film] === value) positions.push(film);
  }
  return positions;
}
