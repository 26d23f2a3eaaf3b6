import { eq, inArray, lt, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import { type FieldError, Problem } from '@film-store/problem';
import { fingerprintsDiffer } from '@film-store/idempotency';
import type { Database, Transaction } from '../database/database.ts';
import { orderKeys } from '../database/schema.ts';

/** Outcome of an order request. It is stored and replayed when the request is repeated. */
export type OrderOutcome =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'out-of-stock'; readonly errors: readonly FieldError[] };

/**
 * Claims a key for a request. Waits while another transaction holds the same key. A rollback frees the key.
 * @returns the stored outcome of an earlier request; `undefined` if the key was free, then `recordOutcome` must follow
 * @throws Problem `idempotency-key-reused` when the key belongs to another request
 */
export async function claimKey(
  tx: Transaction,
  key: string,
  fingerprint: string,
): Promise<OrderOutcome | undefined> {
  const claimed = await tx
    .insert(orderKeys)
    .values({ key, fingerprint })
    .onConflictDoNothing()
    .returning({ key: orderKeys.key });
  if (claimed.length > 0) return undefined;
  // A new statement sees the row that the insert waited for.
  const [earlier] = await tx.select().from(orderKeys).where(eq(orderKeys.key, key));
  if (!earlier?.outcome)
    throw new Problem('unavailable', { detail: 'the idempotency key is being deleted; retry' });
  if (fingerprintsDiffer(earlier.fingerprint, fingerprint)) throw new Problem('idempotency-key-reused');
  return earlier.outcome;
}

export async function recordOutcome(tx: Transaction, key: string, outcome: OrderOutcome): Promise<void> {
  await tx.update(orderKeys).set({ outcome }).where(eq(orderKeys.key, key));
}

/** Retention of a key, in days. A later retry places a new order. */
const KEY_RETENTION_DAYS = 7;

/** Deletes up to `limit` keys older than the retention, skips locked keys, and resolves with the number deleted. */
export async function deleteOldKeys(db: Database, limit: number): Promise<number> {
  const old = db
    .select({ key: orderKeys.key })
    .from(orderKeys)
    .where(lt(orderKeys.createdAt, sql`now() - make_interval(days => ${KEY_RETENTION_DAYS})`))
    .orderBy(orderKeys.createdAt)
    .limit(limit)
    .for('update', { skipLocked: true });
  const deleted = await db
    .delete(orderKeys)
    .where(inArray(orderKeys.key, old))
    .returning({ key: orderKeys.key });
  return deleted.length;
}
