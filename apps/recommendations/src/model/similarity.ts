import type { FilmTable } from './film-table.ts';

/**
 * Points for two films that share a value, tuned on well-known films. Director and kind of film count most; source and
 * age rating separate films of one kind.
 */
const MATCH_WEIGHTS = {
  director: 1,
  genre: 1,
  creativeType: 1,
  source: 0.5,
  mpaaRating: 0.5,
} as const satisfies Partial<Record<keyof FilmTable, number>>;

/** The part of a match's weight that counts however common the value is; the rest grows with its rarity. */
const COMMON_MATCH = 0.2;

/** Films of one era look and sound alike; this many years apart they no longer do. */
const ERA_WEIGHT = 0.2;
const ERA_YEARS = 20;

/** People who like an 8 seldom like a 5. Films this many points of rating apart get nothing. */
const RATING_WEIGHT = 0.2;
const RATING_POINTS = 3;

/** Ranks good and well-known films first among films that are about equally similar. */
const RATING_SCORE_WEIGHT = 1;

/** The score of every film for those who like the `target`; its own means nothing. */
export function scoreSimilarity(table: FilmTable, target: number): Float64Array {
  const scores = table.ratingScore.map((score) => RATING_SCORE_WEIGHT * score);
  for (const [attribute, weight] of Object.entries(MATCH_WEIGHTS) as [keyof typeof MATCH_WEIGHTS, number][]) {
    const sharing = findPositions(table[attribute], table[attribute][target]);
    const points =
      weight * (COMMON_MATCH + (1 - COMMON_MATCH) * computeRarity(sharing.length, scores.length));
    for (const film of sharing) scores[film]! += points;
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
 * Returns the weight of a shared value, from 0 when all films have it to 1 when one has: two westerns have more in common
 * than two dramas. It is the value's information content, relative to the most there can be.
 */
const computeRarity = (sharing: number, films: number): number =>
  Math.log2(films / sharing) / Math.log2(films);

/** From 1 where two values are equal to 0 where they are `reach` apart, or one is unknown. */
function computeCloseness(a: number, b: number, reach: number): number {
  const distance = Math.abs(a - b);
  return distance < reach ? 1 - distance / reach : 0;
}

function findPositions(column: Float64Array, value: number | undefined): number[] {
  const positions: number[] = [];
  for (let film = 0; film < column.length; film++) {
    if (column[film] === value) positions.push(film);
  }
  return positions;
}
