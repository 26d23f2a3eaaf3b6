import { eq, inArray, lt, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import { type FieldError, Problem } from '@film-store/problem';
import { fingerprintsDiffer } from '@film-store/idempotency';
import type { Database, Transaction } from '../database/database.ts';
import { orderKeys } from '../database/schema.ts';

/** Outcome of a request for an order. It is stored, and replayed when the request is repeated. */
export type OrderOutcome =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'out-of-stock'; readonly errors: readonly FieldError[] };

/**
 * Takes a key for a request. Waits for a transaction that holds the same key, so only one of them ever goes on; the
 * key is free again if this transaction does not commit.
 * @returns the outcome that was committed under the key; `undefined`: the key is ours, and `recordOutcome` must follow
 * @throws Problem `idempotency-key-reused` when it stands for another request
 */
export async function takeKey(
  tx: Transaction,
  key: string,
  fingerprint: string,
): Promise<OrderOutcome | undefined> {
  const taken = await tx
    .insert(orderKeys)
    .values({ key, fingerprint })
    .onConflictDoNothing()
    .returning({ key: orderKeys.key });
  if (taken.length > 0) return undefined;
  // A new statement, which sees what the insert waited for.
  const [earlier] = await tx.select().from(orderKeys).where(eq(orderKeys.key, key));
  if (!earlier?.outcome)
    throw new Problem('unavailable', { detail: 'the key is being forgotten, try again' });
  if (fingerprintsDiffer(earlier.fingerprint, fingerprint)) throw new Problem('idempotency-key-reused');
  return earlier.outcome;
}

export async function recordOutcome(tx: Transaction, key: string, outcome: OrderOutcome): Promise<void> {
  await tx.update(orderKeys).set({ outcome }).where(eq(orderKeys.key, key));
}

/** How long a key is kept, in days: a client that comes back later than this places a new order. */
export const KEY_RETENTION_DAYS = 7;

/** Forgets up to `atMost` keys older than the retention, skipping those in use, and resolves with their number. */
export async function deleteOldKeys(db: Database, atMost: number): Promise<number> {
  const old = db
    .select({ key: orderKeys.key })
    .from(orderKeys)
    .where(lt(orderKeys.createdAt, sql`now() - make_interval(days => ${KEY_RETENTION_DAYS})`))
    .orderBy(orderKeys.createdAt)
    .limit(atMost)
    .for('update', { skipLocked: true });
  const forgotten = await db
    .delete(orderKeys)
    .where(inArray(orderKeys.key, old))
    .returning({ key: orderKeys.key });
  return forgotten.length;
}
