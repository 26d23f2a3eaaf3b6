import type { Product } from '@film-store/contracts';
import type { Database } from '../database/database.ts';
import { writeProgress } from '../database/progress.ts';
import { noteChangedFilms } from './popular-films.ts';

/** Result of storing a page of films. */
export interface StoredFilms {
  /** Numbers of all films of the page. */
  readonly numbers: Uint32Array;
  /** How many of them are new or have changed. */
  readonly changed: number;
}

/** Stores films. Writes only those that are new or have changed. */
export function storeFilms(database: Database, products: readonly Product[]): StoredFilms {
  return database.transact(() => {
    const changed: number[] = [];
    const numbers = Uint32Array.from(products, (product) => {
      const { number, isNew } = storeFilm(database, product);
      if (isNew) changed.push(number);
      return number;
    });
    noteChangedFilms(database, changed);
    return { numbers, changed: changed.length };
  });
}

/**
 * Ends a read of all films: removes the films that it did not find, and stores its time. Their sales remain, because catalog
 * may list them again.
 * @param found a bit for each number
 * @returns how many films were removed
 */
export function removeOtherFilms(database: Database, found: Uint8Array, asOf: string): number {
  return database.transact(() => {
    const missing: number[] = [];
    for (const [number] of database.iterate<[number]>('SELECT number FROM film WHERE listed')) {
      if (!hasBit(found, number)) missing.push(number);
    }
    for (const number of missing) {
      database.run('UPDATE film SET listed = 0 WHERE number = ?', number);
      database.run('DELETE FROM product WHERE number = ?', number);
    }
    noteChangedFilms(database, missing);
    writeProgress(database, 'films', asOf);
    return missing.length;
  });
}

/** Returns the products with these numbers, as JSON. Leaves out films that catalog no longer has. */
export const readProducts = (
  database: Database,
  numbers: readonly number[],
): [number: number, json: string][] =>
  numbers.flatMap((number) => {
    const row = database.get<{ json: string }>('SELECT json FROM product WHERE number = ?', number);
    return row ? [[number, row.json]] : [];
  });

const hasBit = (bits: Uint8Array, index: number): boolean =>
  (((bits[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;

function storeFilm(database: Database, product: Product): { number: number; isNew: boolean } {
  const json = JSON.stringify(product);
  const stored = database.get<{ number: number; json: string }>(
    'SELECT number, json FROM film JOIN product USING (number) WHERE id = ?',
    product.id,
  );
  if (stored?.json === json) return { number: stored.number, isNew: false };
  const { genre, creativeType, source, mpaaRating, director, releaseDate, imdb } = product;
  const row = database.get<{ number: number }>(
    `INSERT INTO film (id, listed, kind, director, year, rating, votes) VALUES (?, 1, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET
       listed = 1, kind = excluded.kind, director = excluded.director,
       year = excluded.year, rating = excluded.rating, votes = excluded.votes
     RETURNING number`,
    product.id,
    encodeTerm(database, JSON.stringify([genre, creativeType, source, mpaaRating])),
    director === null ? null : encodeTerm(database, director),
    releaseDate === null ? null : Number(releaseDate.slice(0, 4)),
    imdb.rating,
    imdb.votes,
  );
  const { number } = row!;
  database.run(
    'INSERT INTO product (number, json) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET json = excluded.json',
    number,
    json,
  );
  return { number, isNew: true };
}

/** Returns the code of a text, from 1. Equal texts have equal codes. */
function encodeTerm(database: Database, text: string): number {
  const known = database.get<{ code: number }>('SELECT code FROM term WHERE text = ?', text);
  if (known) return known.code;
  return database.get<{ code: number }>('INSERT INTO term (text) VALUES (?) RETURNING code', text)!.code;
}
