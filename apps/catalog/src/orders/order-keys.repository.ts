import { eq, sql } from 'drizzle-orm';
import type { Order, OrderRequest } from '@film-store/contracts';
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
  /** Keys that were free. An outcome must be stored for each. */
  readonly keys: ReadonlySet<string>;
  /** Start of the transaction, with the precision of the column. */
  readonly claimedAt: Date;
  /** Prices in cents by product id. Unknown products are missing. */
  readonly prices: ReadonlyMap<string, number>;
}

/**
 * Claims the keys of requests whose products are all known, and reads their prices, in one statement. Waits while another
 * transaction holds one of the keys. A rollback frees the keys. Claims keys in one order, so that two groups with the same
 * keys cannot deadlock.
 * @param requests with different keys
 */
export async function claimKeys(
  tx: Database,
  requests: readonly (RequestKey & Pick<OrderRequest, 'items'>)[],
): Promise<Claim> {
  const list = requests.map(({ key, fingerprint, items }) => ({
    key,
    fingerprint,
    products: items.map(({ productId }) => productId),
  }));
  const { rows } = (await tx.execute(sql`
    with request as (
      select * from json_to_recordset(${JSON.stringify(list)}::json)
        as request (key text, fingerprint text, products text[])
    ), price as (
      select id, price from ${films} where id = any(array(select unnest(products) from request))
    ), claimed as (
      insert into ${orderKeys} (key, fingerprint)
      select key, fingerprint from request where products <@ array(select id from price) order by key
      on conflict do nothing
      returning key
    )
    select array(select key from claimed) as keys, now()::timestamptz(3) as claimed_at,
      (select json_object_agg(id, price) from price) as prices
  `)) as { rows: { keys: string[]; claimed_at: string; prices: Record<string, number> | null }[] };
  const { keys, claimed_at: claimedAt, prices } = rows[0]!;
  return {
    keys: new Set(keys),
    claimedAt: new Date(claimedAt),
    prices: new Map(Object.entries(prices ?? {})),
  };
}

/**
 * Reads the outcome of the request that holds a key. Must be a statement after `claimKeys`, to see the row that it
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
