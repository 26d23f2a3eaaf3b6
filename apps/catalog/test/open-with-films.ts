import { afterAll, beforeAll } from 'vitest';
import type { Database, OpenDatabase } from '../src/database/database.ts';
import { importFilms } from '../src/films/films.repository.ts';
import type { TestDatabase } from './on-every-engine.ts';

/** Opens the place's database with all films in it for the suite it is called in, and closes it afterwards. */
export function openWithFilms(place: () => TestDatabase): () => Database {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await place().open();
    await importFilms(open.db);
  });
  afterAll(() => open.close());
  return () => open.db;
}
