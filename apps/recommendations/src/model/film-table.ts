/**
 * What scoring needs of all films, in shared memory: passing a table to a thread copies no films. The columns are indexed by
 * the number of the film; a number without a film is in no list.
 */
export interface FilmTable {
  /** Number of films. */
  readonly films: number;
  /** See `KindTable`. */
  readonly kind: Uint32Array;
  /** Code of the director, 0 if unknown. */
  readonly director: Uint32Array;
  /** The release year, 0 if unknown. */
  readonly year: Uint16Array;
  /** The IMDB rating, 0 to 10. NaN if unknown. */
  readonly rating: Float64Array;
  /** See `computeRatingScores`. */
  readonly ratingScore: Float64Array;
  /** Position in the order of ids, which decides between equal scores. */
  readonly order: Uint32Array;
  readonly kinds: KindTable;
  /** The films of each director. */
  readonly byDirector: FilmLists;
}

/** A kind is a combination of these attributes. Many films have the same kind, so that they are compared once. */
export const KIND_ATTRIBUTES = ['genre', 'creativeType', 'source', 'mpaaRating'] as const;

export interface KindTable {
  /** A column for each of `KIND_ATTRIBUTES`, by kind. Equal texts have equal codes; 0 means unknown. */
  readonly codes: readonly Uint32Array[];
  /** The films of each kind. */
  readonly lists: FilmLists;
}

/** Lists of films, the highest rating score first. */
export interface FilmLists {
  /** List `n` has the films from `starts[n]` to `starts[n + 1]`. */
  readonly starts: Uint32Array;
  readonly films: Uint32Array;
}

export const countList = ({ starts }: FilmLists, list: number): number => starts[list + 1]! - starts[list]!;

/** Returns the table without films whose kind is 0, so numbers can have gaps. */
export const hasFilm = (table: FilmTable, film: number): boolean => (table.kind[film] ?? 0) > 0;

export const createUint32 = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(length * 4));
