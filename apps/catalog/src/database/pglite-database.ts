import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { toCatalogPath } from '../files.ts';
import { type Database, type OpenDatabase, isWritable } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { initializePglite } from './initialize-pglite.ts';
import * as schema from './schema.ts';

/** The default of 128 MiB would be resident memory from the start. All tables of the demo fit in 16 MiB. */
const SETTINGS = ['-c', 'shared_buffers=16MB'];

/** The embedded database. It runs in this process and stores its data in a directory. */
export class PgliteDatabase implements OpenDatabase {
  readonly engine = 'pglite';
  readonly db: Database;
  readonly #close: () => Promise<void>;
  #closed: Promise<void> | undefined;

  private constructor(db: Database, close: () => Promise<void>) {
    this.db = db;
    this.#close = close;
  }

  /**
   * Opens and migrates the database.
   * @param signal ends the first start, which creates the database
   * @throws DirectoryInUseError, or the reason of `signal`
   */
  static async open(directory: string, signal?: AbortSignal): Promise<PgliteDatabase> {
    await mkdir(directory, { recursive: true });
    const unlock = lockDirectory(directory);
    try {
      const data = join(directory, 'pglite');
      await initializePglite(data, signal);
      const client = await PGlite.create(data, {
        startParams: [...PGlite.defaultStartParams, ...SETTINGS],
      });
      const db = drizzle({ client, schema });
      await migrate(db, { migrationsFolder: toCatalogPath('drizzle') });
      return new PgliteDatabase(db, () => client.close().finally(unlock));
    } catch (error) {
      unlock();
      throw error;
    }
  }

  use<T>(work: (db: Database) => Promise<T>): Promise<T> {
    return work(this.db);
  }

  isWritable(): Promise<boolean> {
    return isWritable(this.db);
  }

  usage(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }
}
