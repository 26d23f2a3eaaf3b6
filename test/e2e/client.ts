import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type OrderRequest, productPage, home } from '@film-store/contracts';
import { problemBody } from '@film-store/problem';
import type { Store } from './store.ts';

/** The addresses that a client needs. */
type Address = Pick<Store, 'url'>;

/** A response whose body was validated against the contract. */
export interface ApiResponse<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Sends one request to the gateway and validates the response: the schema if it succeeded, else a problem. */
export async function send<T>(
  store: Address,
  path: string,
  schema: z.ZodType<T>,
  init?: RequestInit,
): Promise<ApiResponse<T>> {
  const response = await fetch(store.url + path, init);
  const json: unknown = await response.json();
  if (!response.ok)
    throw new Error(`status ${response.status} from ${path}`, { cause: problemBody.parse(json) });
  return { status: response.status, headers: response.headers, body: schema.parse(json) };
}

export const getPage = (store: Address, id: string) => send(store, `/api/products/${id}`, productPage);
export const getHome = (store: Store) => send(store, '/api/home', home);

export const orderInit = (
  request: OrderRequest,
  key: string = randomUUID(),
  headers: Readonly<Record<string, string>> = {},
): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
  body: JSON.stringify(request),
});

/** Sends a request that must fail, and resolves with its problem. */
export async function sendBad(store: Store, path: string, init?: RequestInit) {
  const response = await fetch(store.url + path, init);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    requestId: response.headers.get('x-request-id'),
    problem: problemBody.parse(await response.json()),
  };
}
