import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { json, reset } from '../../apps/gateway/test/fake-upstream.ts';
import { now } from './now.ts';
import { chance, responseTo } from './stand-in-responses.ts';
import type { Behavior, FromStandIn, ToStandIn } from './stand-in.ts';

const SLOW_SHARE = 0.01;
const SLOW_MS = 500;
const QUICKEST_MS = 4;
const SPREAD_MS = 8;

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
