import type { Product } from '@film-store/contracts';
import type { FilmSnapshot } from '../films/films.schema.ts';
import { type FilmTable, encodeFilms } from './film-table.ts';

/** The films that responses are computed from. A model never changes; newer films make another one. */
export interface Model {
  /** Counts the models of this process, from 1. */
  readonly version: number;
  readonly asOf: string;
  /** In order of id, so that what ranks equal comes in the same order whatever order catalog lists films in. */
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
