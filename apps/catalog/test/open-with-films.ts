import { afterAll, beforeAll } from 'vitest';
import type { Database, OpenDatabase } from '../src/database/database.ts';
import { importFilms } from '../src/films/films.repository.ts';
import type { TestDatabase } from './on-every-engine.ts';

/** Opens a database with all films for the current suite, and closes it afterwards. */
export function openWithFilms(database: () => TestDatabase): () => Database {
  const open = openDatabaseWithFilms(database);
  return () => open().db;
}

/** Does the same, and gives access to single connections. */
export function openDatabaseWithFilms(database: () => TestDatabase): () => OpenDatabase {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await database().open();
    await importFilms(open.db);
  });
  afterAll(() => open.close());
  return () => open;
}
