import type { Product } from '@film-store/contracts';
import type { FilmSnapshot } from '../films/films.schema.ts';
import { type FilmTable, encodeFilms } from './film-table.ts';

/** The films that recommendations are computed from. Immutable; newer films get a new model. */
export interface Model {
  /** Number of the model in this process, from 1. */
  readonly version: number;
  readonly asOf: string;
  /** Ordered by id, so films with equal scores have a stable order. */
  readonly films: readonly Product[];
  readonly positions: ReadonlyMap<string, number>;
  readonly table: FilmTable;
}

export function buildModel(snapshot: FilmSnapshot, version: number): Model {
  const films = snapshot.films.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    version,
    asOf: snapshot.asOf,
    films,
    positions: new Map(films.map((film, position) => [film.id, position])),
    table: encodeFilms(films),
  };
}
