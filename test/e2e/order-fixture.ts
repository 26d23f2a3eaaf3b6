import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { type OrderRequest, orderFeed } from '@film-store/contracts';
import { problemBody } from '@film-store/problem';
import { eventually } from '../support/eventually.ts';
import { lockWaits } from '../support/lock-waits.ts';
import { JWT_SECRET, type TwoGateways, redisProgram, startTwoGateways } from './two-gateways.ts';

export interface Posting {
  readonly key: string;
  readonly order: OrderRequest;
  /** The client that orders; `expired` sends an expired token of ann. */
  readonly as?: 'ann' | 'bob' | 'expired';
  readonly query?: string;
  /** The body, if it is not the usual one. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Clients that place orders. No other client may order meanwhile: the tests count catalog's orders. */
export interface OrderFixture {
  readonly store: TwoGateways;
  /** Returns an order of a film without earlier orders, and a key for it. */
  readonly newOrder: () => { readonly key: string; readonly order: OrderRequest };
  /** Keys of all orders so far. */
  readonly keys: readonly string[];
  readonly post: (url: string, posting: Posting) => Promise<OrderResponse>;
  /** Places an order through the first gateway while Redis is empty, so that its record is identified. */
  readonly postAlone: (
    posting: Posting,
  ) => Promise<{ readonly first: OrderResponse; readonly record: string }>;
  /** Counts the records in Redis and the keys in catalog. */
  readonly kept: () => Promise<{ readonly records: number; readonly keys: number | null }>;
  /** Waits until catalog has committed an order of the film. */
  readonly committed: (order: OrderRequest) => Promise<void>;
  /** Returns the ids of catalog's orders of the film. */
  readonly placed: (order: OrderRequest) => Promise<string[]>;
  /** Lets catalog wait within its transaction for the film of an order, until it is released. */
  readonly holdFilm: (order: OrderRequest) => Promise<HeldFilm>;
  /** Ends the lease of every attempt in flight except for `leftMs` milliseconds. */
  readonly letLeasesRunOut: (leftMs?: number) => Promise<void>;
}

export interface HeldFilm {
  /** Counts the transactions that wait for it. */
  readonly waiting: () => Promise<number>;
  readonly release: () => Promise<void>;
}

type OrderResponse = Awaited<ReturnType<typeof send>>;

/** More of every film than all suites order together. */
const STOCK = 1000;

/** Runs a suite against two new gateways. Skipped without a Redis or a PostgreSQL to start. */
export function describeWithTwoGateways(title: string, suite: (fixture: OrderFixture) => void): void {
  const databaseServer = process.env['TEST_DATABASE_URL'];
  describe.runIf(redisProgram && databaseServer)(title, () => {
    let store: TwoGateways;
    let films: string[];
    let next = 0;
    const keys: string[] = [];
    const placed: OrderFixture['placed'] = async ({ items }) => {
      const feed = await (await fetch(`${store.catalogUrl}/orders/feed?limit=1000`)).json();
      return orderFeed
        .parse(feed)
        .entries.filter((entry) => entry.items[0]?.productId === items[0]?.productId)
        .map(({ orderId }) => orderId);
    };
    beforeAll(async () => {
      store = await startTwoGateways(databaseServer ?? '');
      const { rows } = await store.database.query<{ id: string }>(
        `update stock set quantity = ${STOCK} where quantity > 0 returning product_id as id`,
      );
      films = rows.map(({ id }) => id);
    });
    afterEach(() => {
      for (const proxy of [store.toCatalog, store.toRedis]) {
        proxy.release();
        proxy.mend();
      }
    });
    afterAll(() => store?.stop());

    suite({
      get store() {
        return store;
      },
      newOrder: () => {
        const productId = films[next++];
        if (productId === undefined) throw new Error('all films are used');
        const key = randomUUID();
        keys.push(key);
        return { key, order: { items: [{ productId, quantity: 1 }] } };
      },
      post: send,
      keys,
      postAlone: async (posting) => {
        await store.redis.flushall();
        const first = await send(store.urls[0], posting);
        const [record = ''] = await store.redis.keys('idem:1:*');
        return { first, record };
      },
      kept: async () => ({
        records: (await store.redis.keys('idem:1:*')).length,
        keys: (await store.database.query('select from order_keys')).rowCount,
      }),
      placed,
      committed: (order) => eventually(async () => expect(await placed(order)).toHaveLength(1)),
      holdFilm: async ({ items }) => {
        const client = await store.database.connect();
        await client.query('begin');
        await client.query('select from stock where product_id = $1 for update', [items[0]?.productId]);
        return {
          waiting: async () => (await lockWaits(client)).length,
          release: async () => {
            await client.query('rollback');
            client.release();
          },
        };
      },
      letLeasesRunOut: async (leftMs = 0) => {
        for (const key of await store.redis.keys('idem:1:*'))
          if (await store.redis.hexists(key, 'lease'))
            await store.redis.hincrby(key, 'lease', leftMs - 10_000);
      },
    });
  });
}

export async function send(url: string, posting: Posting) {
  const { key, order, as = 'ann', query = '', text: written, headers, signal } = posting;
  const response = await fetch(`${url}/api/orders${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      authorization: `Bearer ${await signToken(as)}`,
      ...headers,
    },
    body: written ?? JSON.stringify(order),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const body: unknown = JSON.parse(text);
  return {
    status: response.status,
    headers: response.headers,
    text,
    replayed: response.headers.get('idempotent-replayed') === 'true',
    id: response.ok ? (body as { id: string }).id : undefined,
    code: response.ok ? undefined : problemBody.parse(body).code,
  };
}

/** Returns whether a request ended without a response. */
export const brokenOff = (posted: Promise<OrderResponse>): Promise<boolean> =>
  posted.then(
    () => false,
    () => true,
  );

export const signToken = (as: NonNullable<Posting['as']>): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(as === 'expired' ? 'ann' : as)
    .setAudience('film-store')
    .setExpirationTime(as === 'expired' ? '-3h' : '3h')
    .sign(new TextEncoder().encode(JWT_SECRET));
