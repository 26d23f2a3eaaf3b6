import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { toCatalogPath } from '../files.ts';
import { type CleaningReport, type Film, filmsFile } from './films.schema.ts';
import { toInitialStock, toPrice } from './offer.ts';
import { tokenize } from './tokenize.ts';

/** PostgreSQL takes 65,535 parameters a statement, and a film is 14 of them. */
const FILMS_PER_INSERT = 200;

/**
 * Fills an empty database with the films and their first stock, all or nothing.
 * @returns how the films were cleaned; `undefined` when the database has films already, by an earlier start or another
 * replica
 */
export async function importFilms(db: Database): Promise<CleaningReport | undefined> {
  return db.transaction(
    async (tx) => {
      // A replica waits here for as long as the first one imports.
      await tx.execute(sql`set local statement_timeout = 0`);
      await lockUntilCommit(tx, 'import');
      if ((await tx.$count(films)) > 0) return undefined;
      const file = filmsFile.parse(JSON.parse(await readFile(toCatalogPath('data/films.json'), 'utf8')));
      await insertFilms(tx, file.films);
      return file.report;
    },
    { isolationLevel: 'read committed' },
  );
}

async function insertFilms(tx: Transaction, all: readonly Film[]): Promise<void> {
  for (let start = 0; start < all.length; start += FILMS_PER_INSERT) {
    const some = all.slice(start, start + FILMS_PER_INSERT);
    await tx.insert(films).values(some.map(toFilmRow));
    await tx.insert(stock).values(some.map(({ id }) => ({ productId: id, quantity: toInitialStock(id) })));
  }
}

function toFilmRow(film: Film): typeof films.$inferInsert {
  const { imdb, ...columns } = film;
  return {
    ...columns,
    imdbRating: imdb.rating,
    imdbVotes: imdb.votes,
    price: toPrice(film),
    searchText: tokenize(`${film.title} ${film.director ?? ''}`).join(' '),
  };
}
