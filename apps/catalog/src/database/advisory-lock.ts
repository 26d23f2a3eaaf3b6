import { sql } from 'drizzle-orm';
import type { Transaction } from './database.ts';

/** Keys of PostgreSQL advisory locks, for work that only one replica may do at a time. */
const advisoryLocks = { migrations: 1, import: 2, feed: 3 } as const;

/**
 * Waits for the lock and holds it until the commit or rollback. In a `read committed` transaction, later statements see
 * everything that earlier holders of the lock have committed.
 */
export async function lockUntilCommit(tx: Transaction, lock: keyof typeof advisoryLocks): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks[lock]})`);
}
