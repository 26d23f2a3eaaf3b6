import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** Runs the last statement of a transaction, then commits. */
export type CommitWith = (statement: SQL) => Promise<{ rows: unknown[] }>;

/** Databases over one connection that sends statements before earlier ones have their result. */
const pipelined = new WeakSet<Database>();

export function markPipelined(db: Database): Database {
  pipelined.add(db);
  return db;
}

/**
 * Runs `work` in a `read committed` transaction: stricter levels would not see rows that are committed while it waits
 * for a lock. On a connection of its own, the statement of `commitWith` and the commit are one round trip. So the locks
 * of that statement never wait for this process, however busy it is. `work` must not use the transaction afterwards.
 */
export async function runShortTransaction<T>(
  db: Database,
  work: (tx: Database, commitWith: CommitWith) => Promise<T>,
): Promise<T> {
  if (!pipelined.has(db))
    return db.transaction((tx) => work(tx, toRows(tx)), { isolationLevel: 'read committed' });
  let ended = false;
  const commitWith: CommitWith = async (statement) => {
    ended = true;
    const [result, commit] = await Promise.allSettled([toRows(db)(statement), db.execute(sql`commit`)]);
    // PostgreSQL rolls back at the commit if the statement has failed.
    if (result.status === 'rejected') throw result.reason;
    if (commit.status === 'rejected') throw commit.reason;
    return result.value;
  };
  await db.execute(sql`begin isolation level read committed`);
  try {
    const value = await work(db, commitWith);
    if (!ended) await db.execute(sql`commit`);
    return value;
  } catch (error) {
    if (!ended) await db.execute(sql`rollback`);
    throw error;
  }
}

const toRows =
  (db: Database): CommitWith =>
  (statement) =>
    db.execute(statement) as unknown as ReturnType<CommitWith>;
