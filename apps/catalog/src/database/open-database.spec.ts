import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { DirectoryInUseError } from './directory-lock.ts';
import { PgliteDatabase } from './pglite-database.ts';
import { films } from './schema.ts';

describeOnEveryEngine('an open database', (database) => {
  it('has the schema and keeps its rows when it is opened again', async () => {
    const first = await database().open();
    await first.db.insert(films).values({ id: 'a-1999', title: 'A', price: 999, searchText: 'a' });
    await first.close();

    const second = await database().open();
    expect(await second.db.select({ id: films.id }).from(films)).toEqual([{ id: 'a-1999' }]);
    await second.close();
  });

  it('can be closed twice', async () => {
    const open = await database().open();
    await open.close();
    await expect(open.close()).resolves.toBeUndefined();
  });

  it('rejects a row that violates a check constraint', async () => {
    const open = await database().open();
    await expect(
      open.db.insert(films).values({ id: 'b-1999', title: 'B', price: -1, searchText: 'b' }),
    ).rejects.toMatchObject({ cause: { constraint: 'films_price_not_negative' } });
    await open.close();
  });
});

describe('PGlite', () => {
  it('rejects a directory that is in use, until the first database is closed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    const first = await PgliteDatabase.open(directory);
    await expect(PgliteDatabase.open(directory)).rejects.toThrow(DirectoryInUseError);
    await first.close();
    await (await PgliteDatabase.open(directory)).close();
    await rm(directory, { recursive: true });
  });

  it('ends a first start that is stopped, and leaves no part of a database', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    const stop = new AbortController();
    const opening = PgliteDatabase.open(directory, stop.signal);
    await expect.poll(() => readdir(directory)).toContainEqual(expect.stringMatching(/^pglite-/));
    stop.abort(new Error('the service stops'));
    await expect(opening).rejects.toThrow('the service stops');
    expect(await readdir(directory)).toEqual(['lock.db']);
    await (await PgliteDatabase.open(directory)).close();
    await rm(directory, { recursive: true });
  });

  it('leaves only its data and its lock in a directory where a start was interrupted', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    await mkdir(join(directory, 'pglite-interrupted'));
    await (await PgliteDatabase.open(directory)).close();
    expect(await readdir(directory)).toEqual(['lock.db', 'pglite']);
    await rm(directory, { recursive: true });
  });
});
