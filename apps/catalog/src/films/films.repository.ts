import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { toCatalogPath } from '../files.ts';
import { type CleaningReport, type Film, filmsFile } from './films.schema.ts';
import { toInitialStock, toPrice } from './offer.ts';
import { tokenize } from './tokenize.ts';

/** PostgreSQL allows 65,535 parameters per statement. A film has 14. */
const FILMS_PER_INSERT = 200;

/**
 * Imports the films and their initial stock into an empty database, in one transaction.
 * @returns the report of the cleaning, or `undefined` if the database already has films
 */
export async function importFilms(db: Database): Promise<CleaningReport | undefined> {
  return db.transaction(
    async (tx) => {
      // Another replica can hold the lock for as long as it imports.
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

async function insertFilms(tx: Transaction, allFilms: readonly Film[]): Promise<void> {
  for (let start = 0; start < allFilms.length; start += FILMS_PER_INSERT) {
    const batch = allFilms.slice(start, start + FILMS_PER_INSERT);
    await tx.insert(films).values(batch.map(toFilmRow));
    await tx.insert(stock).values(batch.map(({ id }) => ({ productId: id, quantity: toInitialStock(id) })));
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
