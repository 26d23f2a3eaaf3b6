/**
 * Contains all films in the form that scoring needs, in shared memory: passing a table to a thread copies no films. The columns are indexed by
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
  /** The IMDB rating in hundredths, 0 to 1000, or `UNKNOWN_RATING`. See `toRating`. */
  readonly rating: Uint16Array;
  /** See `computeRatingScores`. */
  readonly ratingScore: Float64Array;
  /** Position in the order of ids, which decides between equal scores. */
  readonly order: Uint32Array;
  readonly kinds: KindTable;
  readonly cells: CellTable;
  /** The films of each director. */
  readonly byDirector: FilmLists;
}

/** A kind is a combination of these attributes. Many films have the same kind, so that they are compared once. */
export const KIND_ATTRIBUTES = ['genre', 'creativeType', 'source', 'mpaaRating'] as const;

/** The kinds, from 1. */
export interface KindTable {
  /** A column for each of `KIND_ATTRIBUTES`. Equal texts have equal codes; 0 means unknown. */
  readonly codes: readonly Uint32Array[];
  /** Kind `n` has the cells from `starts[n]` to `starts[n + 1]`. */
  readonly starts: Uint32Array;
  /** The highest rating score of a kind. */
  readonly best: Float64Array;
}

/**
 * The cells, from 1. A cell has the films of a kind that are from one decade and have similar ratings, so that one
 * limit holds for all of them.
 */
export interface CellTable {
  /** See `toDecade`. */
  readonly decade: Uint8Array;
  /** See `toRatingStep`. */
  readonly ratingStep: Uint8Array;
  /** The highest rating score of a cell. */
  readonly best: Float64Array;
  readonly lists: FilmLists;
}

/** Lists of films, the highest rating score first. */
export interface FilmLists {
  /** List `n` has the films from `starts[n]` to `starts[n + 1]`. */
  readonly starts: Uint32Array;
  readonly films: Uint32Array;
}

export const UNKNOWN_RATING = 0xff_ff;

/** Returns an entry of `FilmTable.rating` as a rating from 0 to 10, or NaN if it is unknown. */
export const toRating = (hundredths: number): number =>
  hundredths === UNKNOWN_RATING ? Number.NaN : hundredths / 100;

export const YEARS_PER_DECADE = 10;
/** Later years are in the last decade. */
export const DECADES = 256;
/** A rating from 0 to 10 has one of 11 steps, and 0 means unknown. */
export const RATING_STEPS = 12;

/** Returns 1 for a year below 10, 2 for a year below 20, and so on, or 0 if the year is unknown. */
export const toDecade = (year: number): number =>
  year === 0 ? 0 : Math.min(DECADES - 1, Math.floor(year / YEARS_PER_DECADE) + 1);

/** Returns 1 for a rating below 1, 2 for a rating below 2, and so on, or 0 if it is unknown. */
export const toRatingStep = (hundredths: number): number =>
  hundredths === UNKNOWN_RATING ? 0 : Math.floor(hundredths / 100) + 1;

export const countDirector = ({ byDirector: { starts } }: FilmTable, director: number): number =>
  starts[director + 1]! - starts[director]!;

export const countKind = ({ kinds, cells }: FilmTable, kind: number): number =>
  cells.lists.starts[kinds.starts[kind + 1]!]! - cells.lists.starts[kinds.starts[kind]!]!;

/** Returns whether a film has this number. Numbers have gaps. */
export const hasFilm = (table: FilmTable, film: number): boolean => (table.kind[film] ?? 0) > 0;

export const createUint16 = (length: number): Uint16Array =>
  new Uint16Array(new SharedArrayBuffer(2 * length));
export const createUint32 = (length: number): Uint32Array =>
  new Uint32Array(new SharedArrayBuffer(4 * length));
export const createFloat64 = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length));
