import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { toCatalogPath } from '../files.ts';
import { lockUntilCommit } from './advisory-lock.ts';
import { ConnectionFailed, classifyError } from './database-error.ts';
import * as schema from './schema.ts';

/**
 * Migrates the database, one replica at a time. A transaction on a second connection holds the lock. Behind a pooler, a
 * lock of a session could stay on a connection that another client gets next.
 * @throws ConnectionFailed while no server accepts connections and writes
 */
export async function migrateUnderLock(connect: () => Promise<Client>): Promise<void> {
  const migrating = await connect();
  try {
    const locking = await connect();
    try {
      await drizzle({ client: locking, schema }).transaction(async (tx) => {
        // Another replica can hold the lock for longer than the default timeouts.
        await tx.execute(sql`set local statement_timeout = 0`);
        await tx.execute(sql`set local idle_in_transaction_session_timeout = 0`);
        await lockUntilCommit(tx, 'migrations');
        await migrate(drizzle({ client: migrating }), { migrationsFolder: toCatalogPath('drizzle') });
      });
    } finally {
      await locking.end();
    }
  } catch (error) {
    const kind = classifyError(error);
    if (kind !== 'unavailable' && kind !== 'read-only') throw error;
    throw new ConnectionFailed(`the database is ${kind}`, { cause: error });
  } finally {
    await migrating.end();
  }
}
