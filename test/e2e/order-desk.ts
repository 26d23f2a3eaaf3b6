import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe } from 'vitest';
import { type OrderRequest, orderFeed, productDetail, productList } from '#libs/contracts';
import { problemBody } from '#libs/http';
import { JWT_SECRET, type TwoGateways, redisProgram, startTwoGateways } from './two-gateways.ts';

export interface Posting {
  readonly key: string;
  readonly order: OrderRequest;
  /** Whose order it is; `expired` shows a token of ann's that is none any more. */
  readonly as?: 'ann' | 'bob' | 'expired';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The only ones who place orders while it is open: what catalog has is theirs. */
export interface OrderDesk {
  readonly store: TwoGateways;
  /** An order of a film nobody has ordered before, and a key for it. */
  readonly newOrder: () => { readonly key: string; readonly order: OrderRequest };
  readonly post: (url: string, posting: Posting) => Promise<Answer>;
  /** The ids of the orders that catalog has of the film. */
  readonly placed: (order: OrderRequest) => Promise<string[]>;
  /** Every attempt that is in flight falls silent, as if ten seconds had passed, but for `leftMs` milliseconds. */
  readonly letLeasesRunOut: (leftMs?: number) => Promise<void>;
}

type Answer = Awaited<ReturnType<typeof send>>;

/** As many of one film as a suite orders. */
const MOST_OF_ONE_FILM = 10;

/** Runs a suite against two gateways of its own; skipped where there is no Redis to start. */
export function describeWithTwoGateways(title: string, suite: (desk: OrderDesk) => void): void {
  describe.runIf(redisProgram)(title, () => {
    let store: TwoGateways;
    let films: string[];
    let next = 0;
    beforeAll(async () => {
      store = await startTwoGateways();
      films = await filmsInStock(store.catalogUrl);
    });
    afterAll(() => store?.stop());

    suite({
      get store() {
        return store;
      },
      newOrder: () => {
        const productId = films[next++];
        if (productId === undefined) throw new Error('there are no more films');
        return { key: randomUUID(), order: { items: [{ productId, quantity: 1 }] } };
      },
      post: send,
      placed: async ({ items }) => {
        const feed = await (await fetch(`${store.catalogUrl}/orders/feed?limit=1000`)).json();
        return orderFeed
          .parse(feed)
          .entries.filter((entry) => entry.items[0]?.productId === items[0]?.productId)
          .map(({ orderId }) => orderId);
      },
      letLeasesRunOut: async (leftMs = 0) => {
        for (const key of await store.redis.keys('idem:1:*'))
          if (await store.redis.hexists(key, 'lease'))
            await store.redis.hincrby(key, 'lease', leftMs - 10_000);
      },
    });
  });
}

export async function send(url: string, { key, order, as = 'ann', headers, signal }: Posting) {
  const answer = await fetch(`${url}/api/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': key,
      authorization: `Bearer ${await tokenOf(as)}`,
      ...headers,
    },
    body: JSON.stringify(order),
    ...(signal && { signal }),
  });
  const text = await answer.text();
  const body: unknown = JSON.parse(text);
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    replayed: answer.headers.get('idempotent-replayed') === 'true',
    id: answer.ok ? (body as { id: string }).id : undefined,
    code: answer.ok ? undefined : problemBody.parse(body).code,
  };
}

export const tokenOf = (as: NonNullable<Posting['as']>): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(as === 'expired' ? 'ann' : as)
    .setAudience('film-store')
    .setExpirationTime(as === 'expired' ? '-1h' : '3h')
    .sign(new TextEncoder().encode(JWT_SECRET));

async function filmsInStock(catalogUrl: string): Promise<string[]> {
  const get = async (path: string): Promise<unknown> => (await fetch(catalogUrl + path)).json();
  const { items } = productList.parse(await get('/products?limit=100'));
  const films: string[] = [];
  for (const { id } of items) {
    const { availability } = productDetail.parse(await get(`/products/${id}`));
    if (availability.quantity >= MOST_OF_ONE_FILM) films.push(id);
  }
  return films;
}
