import { type Database, openReader } from '../database/database.ts';
import { readProducts } from '../films/films.repository.ts';
import { findMostPopular } from '../films/popular-films.ts';
import { type FilmTable, hasFilm } from '../model/film-table.ts';
import { rank } from '../model/rank.ts';
import { readCoPurchases } from '../sales/sales.repository.ts';

interface ScoringTask {
  readonly file: string;
}

interface RankFilms {
  readonly table: FilmTable;
  /** Number of the table in this process. */
  readonly version: number;
  readonly productId: string;
  readonly count: number;
}

export interface Ranking {
  /** Numbers of the films, best first. */
  readonly films: Uint32Array;
  /** Numbers of the films whose orders change the ranking. */
  readonly dependsOn: Uint32Array;
}

let opened: Database | undefined;
const open = (file: string): Database => (opened ??= openReader(file));

let lastVersion = 0;

/**
 * Frees the memory of an older table. Shared memory does not count for the garbage collector of a thread, so it would keep old
 * tables for hours. Needs `--expose-gc`.
 */
function releaseOlderTables(version: number): void {
  if (version !== lastVersion) globalThis.gc?.();
  lastVersion = version;
}

/** Ranks films for a product. Returns `undefined` if the table does not have the product. */
export function rankFilms({
  file,
  table,
  version,
  productId,
  count,
}: ScoringTask & RankFilms): Ranking | undefined {
  releaseOlderTables(version);
  const database = open(file);
  const film = database.get<{ number: number }>('SELECT number FROM film WHERE id = ?', productId);
  if (!film || !hasFilm(table, film.number)) return undefined;
  const coPurchases = readCoPurchases(database, film.number);
  return {
    films: rank({ table, target: film.number, coPurchases, count }),
    dependsOn: Uint32Array.of(film.number, ...coPurchases.keys()),
  };
}

/** Ranks all films by popularity. */
export const rankPopular = ({ file, count }: ScoringTask & { count: number }): Uint32Array =>
  findMostPopular(open(file), count);

/** Returns products as JSON. */
export const readFilms = ({
  file,
  numbers,
}: ScoringTask & { numbers: readonly number[] }): [number: number, json: string][] =>
  readProducts(open(file), numbers);
