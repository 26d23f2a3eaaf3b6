import { once } from 'node:events';
import { type IncomingHttpHeaders, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Product } from '@film-store/contracts';

export type Handler = (response: ServerResponse) => void;

/** An upstream on a real socket. Responds to each path with its last handler, and with 404 without a handler. */
export interface FakeUpstream {
  readonly url: string;
  /** The headers of its requests, in order. */
  readonly requests: IncomingHttpHeaders[];
  respond(path: string, handler: Handler): void;
  close(): void;
}

export async function startFakeUpstream(): Promise<FakeUpstream> {
  const handlers = new Map<string, Handler>();
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    const [path = ''] = (request.url ?? '').split('?');
    (handlers.get(path) ?? ((unhandled) => unhandled.writeHead(404).end()))(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    respond: (path, handler) => void handlers.set(path, handler),
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

/** Responds with a problem, as a service of the store does. */
export const problem = (status: number, code: string) =>
  json({ type: 'urn:x', title: 'x', status, code, retryable: false, requestId: 'foreign' }, status, {
    'retry-after': '7',
  });

/** Announces a body and closes the connection in the middle of it. */
export const truncated =
  (body: unknown): Handler =>
  (response) => {
    const text = JSON.stringify(body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
  };

/** Delays a handler by `ms` milliseconds. */
export const slow =
  (handler: Handler, ms: number): Handler =>
  (response) =>
    void setTimeout(() => handler(response), ms).unref();

/** Alternates between 500 and the handler, 500 first. */
export const flaky = (handler: Handler): Handler => {
  let requests = 0;
  return (response) => (requests++ % 2 === 0 ? json({}, 500) : handler)(response);
};

export const garbage: Handler = (response) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"items":\u0000<html>');
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
