import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Product } from '@film-store/contracts';

export type Handler = (response: ServerResponse) => void;

/** An upstream on a real socket that answers each path as it was told last, and 404 where it was told nothing. */
export interface FakeUpstream {
  readonly url: string;
  respond(path: string, handler: Handler): void;
  close(): void;
}

export async function startFakeUpstream(): Promise<FakeUpstream> {
  const handlers = new Map<string, Handler>();
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    (handlers.get(path) ?? ((unknown) => unknown.writeHead(404).end()))(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
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

/** Says that more comes, and breaks off. */
export const truncated =
  (body: unknown): Handler =>
  (response) => {
    const text = JSON.stringify(body);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.socket?.destroy());
  };
/** Answers as `handler` does, `ms` milliseconds later. */
export const slow =
  (handler: Handler, ms: number): Handler =>
  (response) =>
    void setTimeout(() => handler(response), ms).unref();
/** Every other answer is a 500, the first one included. */
export const flaky = (handler: Handler): Handler => {
  let asked = 0;
  return (response) => (asked++ % 2 === 0 ? json({}, 500) : handler)(response);
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
