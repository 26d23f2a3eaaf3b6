import { sql } from 'drizzle-orm';
import type { Transaction } from './database.ts';

/** What replicas take turns at, as keys of PostgreSQL's advisory locks. */
export const advisoryLocks = { migrations: 1, import: 2, feed: 3 } as const;

/**
 * Waits until no other transaction holds the lock, and holds it until the commit or rollback. A statement after it
 * sees all that earlier holders committed, as long as the transaction is `read committed`.
 */
export async function lockUntilCommit(tx: Transaction, lock: keyof typeof advisoryLocks): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${advisoryLocks[lock]})`);
}
