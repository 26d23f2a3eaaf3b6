import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { toCatalogPath } from '../files.ts';
import { lockUntilCommit } from './advisory-lock.ts';
import { ConnectionFailed, classifyError } from './database-error.ts';
import * as schema from './schema.ts';

/**
 * Migrates the database, one replica after another. A transaction on a second connection holds the lock: a pooler may
 * leave a session's lock on a connection that serves others next, and a transaction's it cannot.
 * @throws ConnectionFailed while no server accepts connections or writes
 */
export async function migrateUnderLock(connect: () => Promise<Client>): Promise<void> {
  const migrating = await connect();
  try {
    const locking = await connect();
    try {
      await drizzle({ client: locking, schema }).transaction(async (tx) => {
        // A replica waits here for as long as another one migrates.
        await tx.execute(sql`set local statement_timeout = 0`);
        await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`);
        await lockUntilCommit(tx, 'migrations');
        await migrate(drizzle({ client: migrating }), { migrationsFolder: toCatalogPath('drizzle') });
      });
    } finally {
      await locking.end();
    }
  } catch (error) {
    const verdict = classifyError(error);
    if (verdict !== 'away' && verdict !== 'read-only') throw error;
    throw new ConnectionFailed(`the database is ${verdict}`, { cause: error });
  } finally {
    await migrating.end();
  }
}
