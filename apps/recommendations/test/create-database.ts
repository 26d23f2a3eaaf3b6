import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Product } from '@film-store/contracts';
import { type Database, openDatabase } from '../src/database/database.ts';
import { storeFilms } from '../src/films/films.repository.ts';

/** Creates a directory that is removed after the test. */
export function createDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'recommendations-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** Creates a database with these films, whose numbers are 1, 2, 3, …, in this order. It is removed after the test. */
export function createDatabase(films: readonly Product[] = []): Database {
  const database = openDatabase(join(createDirectory(), 'test.sqlite'));
  onTestFinished(() => database.close());
  storeFilms(database, films);
  return database;
}
