import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Product } from '#libs/contracts';

type Handler = (response: ServerResponse) => void;

/** An upstream on a real socket that answers each path as it was told last, and 404 where it was told nothing. */
export interface StandIn {
  readonly url: string;
  answer(path: string, handler: Handler): void;
  close(): void;
}

export async function startStandIn(): Promise<StandIn> {
  const handlers = new Map<string, Handler>();
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    (handlers.get(path) ?? ((unknown) => unknown.writeHead(404).end()))(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (path, handler) => void handlers.set(path, handler),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Handler =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const hang: Handler = () => undefined;
export const reset: Handler = (response) => response.socket?.resetAndDestroy();

export const film = (id: string): Product => ({
  id,
  title: `The ${id}`,
  genre: null,
  creativeType: null,
  source: null,
  director: null,
  distributor: null,
  releaseDate: null,
  mpaaRating: null,
  runningTimeMin: null,
  imdb: { rating: null, votes: null },
  price: { amount: 999, currency: 'EUR' },
});

export const films = (...ids: string[]) => ({ items: ids.map(film), asOf: '2026-01-01T00:00:00.000Z' });
