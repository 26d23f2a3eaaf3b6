import { randomUUID } from 'node:crypto';

/** Part of everything that untrusted clients send. */
export const MADE_UP = 'made-up';

/** Sends values that an untrusted client may invent: methods, addresses, words, headers. */
export async function sendFakeHeaders(url: string): Promise<void> {
  const headers = {
    'x-request-id': MADE_UP,
    'x-request-priority': MADE_UP,
    'x-principal': MADE_UP,
    'user-agent': MADE_UP,
    'idempotency-key': `${MADE_UP}-${randomUUID()}`,
  };
  const requested = ['PROPFIND', 'GET', 'DELETE', 'OPTIONS'].flatMap((method) =>
    [
      `/${MADE_UP}/${randomUUID()}`,
      `/api/products/${MADE_UP}`,
      `/products/${MADE_UP}`,
      `/products?q=${MADE_UP}`,
    ].map((path) => fetch(url + path, { method, headers })),
  );
  await Promise.all(requested.map(async (response) => (await response).arrayBuffer()));
}
