import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { toCatalogPath } from '../files.ts';
import type { OpenDatabase } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { isWritable } from './is-writable.ts';
import * as schema from './schema.ts';

/**
 * Opens the database that lives in a directory and in this process, of which there can be one.
 * @throws DirectoryInUseError
 */
export async function openPglite(directory: string): Promise<OpenDatabase> {
  await mkdir(directory, { recursive: true });
  const unlock = lockDirectory(directory);
  try {
    const client = await PGlite.create(join(directory, 'pglite'));
    const db = drizzle({ client, schema });
    await migrate(db, { migrationsFolder: toCatalogPath('drizzle') });
    let closed: Promise<void> | undefined;
    return {
      engine: 'pglite',
      db,
      use: (work) => work(db),
      isWritable: () => isWritable(db),
      usage: () => undefined,
      close: () => (closed ??= client.close().finally(unlock)),
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
