import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import { DirectoryInUseError } from './directory-lock.ts';
import { openPglite } from './open-pglite.ts';
import { films } from './schema.ts';

describeOnEveryEngine('an opened database', (place) => {
  it('has the schema, and keeps what was written when it is opened again', async () => {
    const first = await place().open();
    await first.db.insert(films).values({ id: 'a-1999', title: 'A', price: 999, searchText: 'a' });
    await first.close();

    const second = await place().open();
    expect(await second.db.select({ id: films.id }).from(films)).toEqual([{ id: 'a-1999' }]);
    await second.close();
  });

  it('can be closed twice', async () => {
    const open = await place().open();
    await open.close();
    await expect(open.close()).resolves.toBeUndefined();
  });

  it('refuses what its checks forbid', async () => {
    const { db, close } = await place().open();
    await expect(
      db.insert(films).values({ id: 'b-1999', title: 'B', price: -1, searchText: 'b' }),
    ).rejects.toMatchObject({ cause: { constraint: 'films_price_not_negative' } });
    await close();
  });
});

describe('PGlite', () => {
  it('refuses a directory that is open already, and only that long', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
    const first = await openPglite(directory);
    await expect(openPglite(directory)).rejects.toThrow(DirectoryInUseError);
    await first.close();
    await (await openPglite(directory)).close();
    await rm(directory, { recursive: true });
  });
});
