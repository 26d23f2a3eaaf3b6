import { hash } from 'node:crypto';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { film, films, json, reset } from '../../apps/gateway/test/fake-upstream.ts';
import { now } from './now.ts';
import type { Behavior, FromStandIn, ToStandIn } from './stand-in.ts';

const SLOW_SHARE = 0.01;
const SLOW_MS = 500;
const QUICKEST_MS = 4;
const SPREAD_MS = 8;

/** Returns a number from 0 up to 1, exclusive, the same for the same text in every run. */
const chance = (text: string): number => Number.parseInt(hash('sha256', text).slice(0, 8), 16) / 2 ** 32;

const popular = Array.from({ length: 6 }, (_, index) => `pick-${index}`);

/** The bodies for all paths that a gateway requests. */
function responseTo(path: string): unknown {
  // #region part: recommendations
  if (path.startsWith('/recommendations')) return films(...popular);
  // #endregion part: recommendations
  if (path === '/products') return { items: popular.map(film), nextCursor: null };
  // A service that a team has added lists entries.
  if (!path.startsWith('/products/')) return { items: [] };
  return {
    product: film(path.slice('/products/'.length)),
    availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
  };
}

let behavior: Behavior = 'healthy';
let arrivals: number[] = [];
const requestCounts = new Map<string, number>();

function respond(url: string, response: ServerResponse): void {
  const nth = (requestCounts.get(url) ?? 0) + 1;
  requestCounts.set(url, nth);
  const slow = behavior === 'slow-at-times' && chance(`slow? ${url} ${nth}`) < SLOW_SHARE;
  const ms = slow ? SLOW_MS : QUICKEST_MS + SPREAD_MS * chance(`${url} ${nth}`);
  const [path = ''] = url.split('?');
  setTimeout(() => json(responseTo(path))(response), ms);
}

const server = createServer(({ url = '' }, response) => {
  arrivals.push(now());
  switch (behavior) {
    case 'healthy':
    case 'slow-at-times':
      respond(url, response);
      break;
    case 'unavailable':
      json({}, 503)(response);
      break;
    case 'resets':
      reset(response);
      break;
    case 'hangs':
      break;
    default:
      behavior satisfies never;
  }
});

const report = (message: FromStandIn): void => parentPort?.postMessage(message, []);
parentPort?.on('message', (message: ToStandIn) => {
  if (message !== 'arrivals') {
    behavior = message;
    return;
  }
  report({ arrivals });
  arrivals = [];
});
server.listen(0, '127.0.0.1', () => {
  report({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
