import { eq, sql } from 'drizzle-orm';
import type { Order } from '@film-store/contracts';
import { type FieldError, Problem } from '@film-store/problem';
import { fingerprintsDiffer } from '@film-store/idempotency';
import type { Database } from '../database/database.ts';
import { limitStatements } from '../database/statement-deadline.ts';
import { films, orderKeys } from '../database/schema.ts';

/** Outcome of an order request. It is stored and replayed when the request is repeated. */
export type OrderOutcome =
  | { readonly kind: 'placed'; readonly order: Order }
  | { readonly kind: 'out-of-stock'; readonly errors: readonly FieldError[] };

/** An idempotency key and the fingerprint of the request that it came with. */
export interface RequestKey {
  readonly key: string;
  readonly fingerprint: string;
}

export interface Claim {
  /** Start of the transaction. `undefined` if the key was not free or a product is unknown: nothing is claimed. */
  readonly claimedAt: Date | undefined;
  /** Prices in cents by product id. Unknown products are missing. */
  readonly prices: ReadonlyMap<string, number>;
}

/**
 * Claims a key for a request of known products, and reads their prices, in one statement. Waits while another
 * transaction holds the same key. A rollback frees the key. If the key was free, an outcome must be stored.
 * @param productIds different ids
 */
export async function claimKey(
  tx: Database,
  { key, fingerprint }: RequestKey,
  productIds: readonly string[],
): Promise<Claim> {
  const { rows } = (await tx.execute(sql`
    with price as (
      select id, price from ${films} where id = any(${sql.param(productIds)}::text[])
    ), claimed as (
      insert into ${orderKeys} (key, fingerprint)
      select ${key}, ${fingerprint} where (select count(*) from price) = ${productIds.length}
      on conflict do nothing
      returning created_at
    )
    select price.id, price.price, claimed.created_at from price left join claimed on true
  `)) as { rows: { id: string; price: number; created_at: string | null }[] };
  const claimedAt = rows[0]?.created_at;
  return {
    claimedAt: claimedAt == null ? undefined : new Date(claimedAt),
    prices: new Map(rows.map(({ id, price }) => [id, price])),
  };
}

/**
 * Reads the outcome of the request that holds a key. Must be a statement after `claimKey`, to see the row that it
 * waited for.
 * @throws Problem `idempotency-key-reused` when the key belongs to another request
 */
export async function readOutcome(tx: Database, { key, fingerprint }: RequestKey): Promise<OrderOutcome> {
  const [earlier] = await tx.select().from(orderKeys).where(eq(orderKeys.key, key));
  if (!earlier?.outcome)
    throw new Problem('unavailable', { detail: 'the idempotency key is being deleted; retry' });
  if (fingerprintsDiffer(earlier.fingerprint, fingerprint)) throw new Problem('idempotency-key-reused');
  return earlier.outcome;
}

/** Retention of a key, in days. A later retry places a new order. */
const KEY_RETENTION_DAYS = 7;

/** Longest time to delete a batch of keys, in milliseconds. Longer than that of reads, because no request waits for it. */
export const DELETION_TIMEOUT_MS = 10_000;

export interface DeletedKeys {
  readonly deleted: number;
  /** Creation of the youngest deleted key. `undefined` if none was deleted. */
  readonly lastCreatedAt: Date | undefined;
}

/**
 * Deletes up to `limit` keys that are older than the retention, oldest first, and skips locked keys. Starts at the
 * creation time `from`, because finding the oldest key again means to pass all entries of deleted keys in the index.
 */
export function deleteOldKeys(db: Database, limit: number, from?: Date): Promise<DeletedKeys> {
  return db.transaction(async (tx) => {
    await limitStatements(tx, DELETION_TIMEOUT_MS);
    const { rows } = (await tx.execute(sql`
      with old as (
        select ctid, created_at from ${orderKeys}
        where created_at >= ${from?.toISOString() ?? '-infinity'}::timestamptz
          and created_at < now() - make_interval(days => ${KEY_RETENTION_DAYS})
        order by created_at limit ${limit} for update skip locked
      ), deletion as (
        delete from ${orderKeys} where ctid = any (array (select ctid from old))
      )
      select count(*)::int as deleted, max(created_at) as last from old
    `)) as { rows: { deleted: number; last: string | null }[] };
    const { deleted = 0, last = null } = rows[0] ?? {};
    return { deleted, lastCreatedAt: last === null ? undefined : new Date(last) };
  });
}
