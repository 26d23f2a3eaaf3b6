import {
  DECADES,
  type FilmTable,
  KIND_ATTRIBUTES,
  RATING_STEPS,
  YEARS_PER_DECADE,
  countDirector,
  countKind,
  toRating,
} from './film-table.ts';

/**
 * Points for two films with an equal value, tuned on well-known films. Director, genre and creative type count most;
 * source and age rating separate films of one genre.
 */
const DIRECTOR_WEIGHT = 1;
const KIND_WEIGHTS: Record<(typeof KIND_ATTRIBUTES)[number], number> = {
  genre: 1,
  creativeType: 1,
  source: 0.5,
  mpaaRating: 0.5,
};

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

/** Rounding errors of a sum of points are below it. */
const ROUNDING = 1e-9;

/** Compares films with one of them, the target. */
export class Similarity {
  readonly #table: FilmTable;
  readonly #director: number;
  readonly #year: number;
  readonly #rating: number;
  readonly #directorPoints: number;
  /** Points for a match of each kind attribute. */
  readonly #points: readonly number[];
  readonly #matches: Uint8Array;
  /** Most points for the era of each decade, and for the rating of each step. */
  readonly #eraLimits: Float64Array;
  readonly #ratingLimits: Float64Array;

  constructor(table: FilmTable, target: number) {
    this.#table = table;
    this.#director = table.director[target]!;
    this.#year = table.year[target]!;
    this.#rating = toRating(table.rating[target]!);
    this.#directorPoints =
      this.#director === 0
        ? 0
        : computePoints(DIRECTOR_WEIGHT, countDirector(table, this.#director), table.films);
    const { matches, counts } = matchKinds(table, table.kind[target]!);
    this.#matches = matches;
    this.#points = KIND_ATTRIBUTES.map((attribute, bit) =>
      counts[bit] === 0 ? 0 : computePoints(KIND_WEIGHTS[attribute], counts[bit]!, table.films),
    );
    this.#eraLimits = limitByDecade(this.#year);
    this.#ratingLimits = limitByRatingStep(this.#rating);
  }

  /** Which of `KIND_ATTRIBUTES` each kind shares with the target, one bit each. */
  get matches(): Uint8Array {
    return this.#matches;
  }

  hasSameDirector(film: number): boolean {
    return this.#director !== 0 && this.#table.director[film] === this.#director;
  }

  /** Computes the similarity of a film. */
  score(film: number): number {
    const { ratingScore, kind, year, rating } = this.#table;
    let score = RATING_SCORE_WEIGHT * ratingScore[film]!;
    if (this.hasSameDirector(film)) score += this.#directorPoints;
    const matches = this.#matches[kind[film]!]!;
    for (let bit = 0; bit < KIND_ATTRIBUTES.length; bit++) {
      if ((matches >> bit) & 1) score += this.#points[bit]!;
    }
    if (this.#year !== 0 && year[film] !== 0)
      score += ERA_WEIGHT * computeCloseness(this.#year, year[film]!, ERA_YEARS);
    return score + RATING_WEIGHT * computeCloseness(this.#rating, toRating(rating[film]!), RATING_POINTS);
  }

  /**
   * Returns the points of films that share these attributes with the target, without their rating score, era and rating.
   * @param matches one bit for each of `KIND_ATTRIBUTES`
   */
  matchPoints(matches: number, sameDirector: boolean): number {
    let points = sameDirector ? this.#directorPoints : 0;
    for (const [bit, each] of this.#points.entries()) if ((matches >> bit) & 1) points += each;
    return points;
  }

  /** Returns the most points for era and rating that a film of a cell can have. */
  limitCell(cell: number): number {
    const { decade, ratingStep } = this.#table.cells;
    return this.#eraLimits[decade[cell]!]! + this.#ratingLimits[ratingStep[cell]!]! + ROUNDING;
  }
}

/** Most points for era and rating that a film can have. */
export const MAX_CLOSENESS = ERA_WEIGHT + RATING_WEIGHT + ROUNDING;

function matchKinds(table: FilmTable, target: number): { matches: Uint8Array; counts: number[] } {
  const { kinds } = table;
  const matches = new Uint8Array(kinds.best.length);
  const counts = kinds.codes.map((codes, bit) => {
    const value = codes[target];
    if (value === 0) return 0;
    let count = 0;
    for (let kind = 1; kind < matches.length; kind++) {
      if (codes[kind] !== value) continue;
      matches[kind]! |= 1 << bit;
      count += countKind(table, kind);
    }
    return count;
  });
  return { matches, counts };
}

const computePoints = (weight: number, matches: number, films: number): number =>
  weight * (COMMON_MATCH + (1 - COMMON_MATCH) * computeRarity(matches, films));

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

/** Returns the most points for the era of a film of each decade. */
function limitByDecade(year: number): Float64Array {
  const limits = new Float64Array(DECADES);
  if (year === 0) return limits;
  return limits.map((_, decade) => {
    if (decade === 0) return 0;
    const first = (decade - 1) * YEARS_PER_DECADE;
    const last = decade === DECADES - 1 ? Number.POSITIVE_INFINITY : first + YEARS_PER_DECADE - 1;
    return ERA_WEIGHT * computeCloseness(year, clamp(year, first, last), ERA_YEARS);
  });
}

/** Returns the most points for the rating of a film of each step. */
function limitByRatingStep(rating: number): Float64Array {
  const limits = new Float64Array(RATING_STEPS);
  if (Number.isNaN(rating)) return limits;
  return limits.map((_, step) =>
    step === 0 ? 0 : RATING_WEIGHT * computeCloseness(rating, clamp(rating, step - 1, step), RATING_POINTS),
  );
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
