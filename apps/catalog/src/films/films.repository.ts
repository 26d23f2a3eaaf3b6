import { readFile } from 'node:fs/promises';
import { getTableColumns, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { lockUntilCommit } from '../database/advisory-lock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { films, stock } from '../database/schema.ts';
import { toCatalogPath } from '../files.ts';
import { type CleaningReport, type Film, filmsFile } from './films.schema.ts';
import { toInitialStock, toPrice } from './offer.ts';
import { tokenize } from './tokenize.ts';

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
  await insertAll(tx, films, allFilms.map(toFilmRow));
  await insertAll(
    tx,
    stock,
    allFilms.map(({ id }) => ({ productId: id, quantity: toInitialStock(id) })),
  );
}

/**
 * Inserts rows with the same columns as one parameter of at most 255 MiB, which is the limit of PostgreSQL: half a million films.
 * A parameter for each value takes several times the CPU time.
 */
async function insertAll<Table extends PgTable>(
  tx: Transaction,
  table: Table,
  rows: readonly Table['$inferInsert'][],
): Promise<void> {
  const columns = Object.entries(getTableColumns(table)).filter(([key]) => key in rows[0]!);
  const names = sql.join(
    columns.map(([, { name }]) => sql.identifier(name)),
    sql`, `,
  );
  const records = rows.map((row) =>
    Object.fromEntries(columns.map(([key, { name }]) => [name, row[key as keyof typeof row]])),
  );
  await tx.execute(sql`insert into ${table} (${names})
    select ${names} from jsonb_populate_recordset(null::${table}, ${JSON.stringify(records)}::jsonb)`);
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
