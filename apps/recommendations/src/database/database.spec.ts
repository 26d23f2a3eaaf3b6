import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../test/create-database.ts';
import { film } from '../../test/films.ts';
import { storeFilms } from '../films/films.repository.ts';
import { checkTable } from './check-file.ts';
import { openDatabase, openOrReplace } from './database.ts';

const films = Array.from({ length: 500 }, (_, index) => film(`film-${index}`));

/** Returns the path of a file with 500 films, which is closed. */
function createFile(): string {
  const file = join(createDirectory(), 'new', 'test.sqlite');
  const database = openDatabase(file);
  storeFilms(database, films);
  database.close();
  return file;
}

const openAndCount = (file: string) => {
  const { database, discarded } = openOrReplace(file);
  const row = database.get<{ films: number }>('SELECT count(*) AS films FROM film');
  database.close();
  return { films: row?.films, discarded };
};

describe('openOrReplace', () => {
  it('keeps an intact file', () => {
    expect(openAndCount(createFile())).toEqual({ films: 500, discarded: undefined });
  });

  it('replaces a file of another kind', () => {
    const file = createFile();
    writeFileSync(file, '{"asOf":"2026-01-01T00:00:00.000Z"}'.repeat(100));
    expect(openAndCount(file)).toEqual({ films: 0, discarded: 'file is not a database' });
  });

  it('replaces a truncated file', () => {
    const file = createFile();
    truncateSync(file, Math.floor(readFileSync(file).length / 8192) * 4096);
    expect(openAndCount(file)).toMatchObject({ films: 0, discarded: expect.stringContaining('malformed') });
  });

  it('replaces a file with a damaged page', () => {
    const file = createFile();
    const content = readFileSync(file);
    content.fill(0xff, 5 * 4096, 6 * 4096);
    writeFileSync(file, content);
    expect(openAndCount(file)).toMatchObject({ films: 0, discarded: expect.any(String) });
  });

  it('checks only the films of a large file, and its other tables later', () => {
    const file = createFile();
    const open = openDatabase(file);
    open.run('UPDATE product SET json = json || printf(?, ?, ?) WHERE number > 400', '%.*c', 700_000, 'x');
    open.close();
    const content = readFileSync(file);
    content.fill(0xff, (2 * content.length) / 4, (3 * content.length) / 4);
    writeFileSync(file, content);
    const { database, discarded, isUnchecked } = openOrReplace(file);
    expect({ discarded, isUnchecked }).toEqual({ discarded: undefined, isUnchecked: true });
    expect(() => checkTable(database, 'product')).toThrowError('malformed');
    expect(() => checkTable(database, 'sales')).not.toThrowError();
    database.close();
  });

  it('replaces a large file that is truncated', () => {
    const file = createFile();
    const open = openDatabase(file);
    open.run('UPDATE product SET json = json || printf(?, ?, ?) WHERE number > 400', '%.*c', 700_000, 'x');
    open.close();
    truncateSync(file, 66 * 1024 * 1024);
    expect(openAndCount(file)).toEqual({ films: 0, discarded: expect.stringContaining('malformed') });
  });

  it('replaces a file of another version', () => {
    const file = createFile();
    const connection = new DatabaseSync(file);
    connection.exec('PRAGMA user_version = 99');
    connection.close();
    expect(openAndCount(file)).toEqual({ films: 0, discarded: 'the file has version 99' });
  });

  it('throws without a change when it cannot create the directory', () => {
    const file = createFile();
    expect(() => openOrReplace(join(file, 'directory', 'test.sqlite'))).toThrowError('ENOTDIR');
    expect(openAndCount(file).films).toBe(500);
  });
});
