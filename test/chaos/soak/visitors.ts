import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, request } from 'undici';
import type { Random } from '../random.ts';
import { type Request, type Shop, drawRequest } from './mix.ts';

/** Time that a visitor waits, in milliseconds: longer than any request may take. */
const PATIENCE_MS = 10_000;

/** Result of a request; `no-response` if the response is missing or incomplete. */
export interface Exchange {
  readonly status: number | 'no-response';
  /** Code of its problem, or empty. */
  readonly code: string;
  readonly degraded: boolean;
}

export type OnResponse = (exchange: Exchange, request: Request) => void;

/**
 * Visitors, each on its own connection, send one request after another and wait for each response while `goesOn`
 * returns true. A slow store gets fewer requests: the run looks for leaks, not for speed.
 */
export async function visit(
  url: string,
  visitors: number,
  means: {
    readonly shop: Shop;
    readonly random: Random;
    readonly goesOn: () => boolean;
    readonly onResponse: OnResponse;
  },
): Promise<void> {
  const dispatcher = new Agent({ connections: visitors });
  const visitor = async (random: Random): Promise<void> => {
    while (means.goesOn()) {
      const request = drawRequest(random, means.shop);
      means.onResponse(await send(url, request, dispatcher), request);
    }
  };
  await Promise.all(Array.from({ length: visitors }, () => visitor(means.random.fork())));
  await dispatcher.close();
}

/** Reads home and then the page of every film, one after another, evenly over `lastsMs`. */
export async function lap(
  url: string,
  { films }: Shop,
  lastsMs: number,
  means: { readonly goesOn: () => boolean; readonly onResponse: OnResponse },
): Promise<void> {
  const dispatcher = new Agent({ connections: 1 });
  const started = performance.now();
  const paths = ['/api/home', ...films.map((film) => `/api/products/${film}`)];
  for (const [nth, path] of paths.entries()) {
    if (!means.goesOn()) break;
    const early = started + (nth * lastsMs) / paths.length - performance.now();
    if (early > 1) await sleep(early);
    const request: Request = { method: 'GET', path };
    means.onResponse(await send(url, request, dispatcher), request);
  }
  await dispatcher.close();
}

async function send(
  url: string,
  { method, path, body: sent }: Request,
  dispatcher: Dispatcher,
): Promise<Exchange> {
  try {
    const { statusCode, headers, body } = await request(url + path, {
      dispatcher,
      method,
      ...(sent !== undefined && { body: sent, headers: { 'content-type': 'application/json' } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const text = await body.text();
    const code = statusCode < 400 ? '' : parseCode(text);
    return { status: statusCode, code, degraded: headers['x-degraded'] !== undefined };
  } catch {
    return { status: 'no-response', code: '', degraded: false };
  }
}

function parseCode(text: string): string {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? '';
  } catch {
    return 'no JSON';
  }
}
