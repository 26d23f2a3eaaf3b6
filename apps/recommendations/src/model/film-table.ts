import type { Product } from '@film-store/contracts';
import { computeRatingScores } from './rating-score.ts';

/**
 * The attributes of all films that scoring needs, one column each, in shared memory: passing a table to a worker copies
 * no films. Texts are encoded as numbers. NaN means unknown; NaN equals nothing, so unknown values never match.
 */
export interface FilmTable {
  readonly genre: Float64Array;
  readonly creativeType: Float64Array;
  readonly director: Float64Array;
  readonly source: Float64Array;
  readonly mpaaRating: Float64Array;
  /** The release year. */
  readonly year: Float64Array;
  /** The IMDB rating, 0 to 10. */
  readonly rating: Float64Array;
  /** See `computeRatingScores`. Never NaN. */
  readonly ratingScore: Float64Array;
}

export const encodeFilms = (films: readonly Product[]): FilmTable => ({
  genre: toTextColumn(films.map((film) => film.genre)),
  creativeType: toTextColumn(films.map((film) => film.creativeType)),
  director: toTextColumn(films.map((film) => film.director)),
  source: toTextColumn(films.map((film) => film.source)),
  mpaaRating: toTextColumn(films.map((film) => film.mpaaRating)),
  year: toNumberColumn(
    films.map((film) => (film.releaseDate === null ? null : Number(film.releaseDate.slice(0, 4)))),
  ),
  rating: toNumberColumn(films.map((film) => film.imdb.rating)),
  ratingScore: toNumberColumn(computeRatingScores(films.map((film) => film.imdb))),
});

function toTextColumn(values: readonly (string | null)[]): Float64Array {
  const codes = new Map<string, number>();
  return toNumberColumn(
    values.map((value) => {
      if (value === null) return null;
      const code = codes.get(value) ?? codes.size;
      codes.set(value, code);
      return code;
    }),
  );
}

function toNumberColumn(values: readonly (number | null)[]): Float64Array {
  const column = new Float64Array(new SharedArrayBuffer(values.length * Float64Array.BYTES_PER_ELEMENT));
  column.set(values.map((value) => value ?? Number.NaN));
  return column;
}
