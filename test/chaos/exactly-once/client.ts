import { setTimeout as sleep } from 'node:timers/promises';
import { type Dispatcher, request } from 'undici';
import type { Random } from '../random.ts';
import type { OrderTask } from './order-tasks.ts';
import type { OrderResponse } from './reconcile.ts';

/** Time that a client waits for one response, in milliseconds. */
const PATIENCE_MS = 3000;
/** Time that a client tries to place one order, in milliseconds: longer than a dead gateway's lease on its key. */
const ABANDON_MS = 60_000;
/** Time after which the client cuts off a request that it abandons, in milliseconds. It retries later. */
const ABANDONED_MS = [0, 60] as const;
const LATER_MS = [100, 1000] as const;
const BACKOFF_MS = { base: 50, cap: 1000 };
/** Pause between two orders, in milliseconds. */
const THINKS_MS = [0, 400] as const;
const ABANDONS = 0.06;
const SENDS_TWICE = 0.06;
const REPEATS = 0.15;

/** The connections and the randomness of a client. */
export interface Means {
  readonly urls: readonly string[];
  readonly dispatcher: Dispatcher;
  readonly random: Random;
  /** Ends all attempts. */
  readonly signal: AbortSignal;
  /** Receives the result of each attempt in a word or two. */
  readonly onAttempt: (outcome: string) => void;
}

/** Places orders one after another, and reports the responses. */
export async function shop(
  orderTasks: readonly OrderTask[],
  means: Means,
  onResponse: (orderTask: OrderTask, responses: OrderResponse[]) => void,
): Promise<void> {
  for (const orderTask of orderTasks) {
    if (means.signal.aborted) return;
    onResponse(orderTask, await placeOrder(orderTask, means));
    await pause(means.random.between(...THINKS_MS), means.signal);
  }
}

/**
 * Retries under one key until a response is final: an order, or a rejection that another attempt would not change.
 * Sometimes it abandons a request, sends it twice at once, or repeats a finished order.
 * @returns every final response, in the order of arrival; empty if time ran out
 */
export async function placeOrder(orderTask: OrderTask, means: Means): Promise<OrderResponse[]> {
  const { urls, random, signal } = means;
  const abandon = AbortSignal.any([signal, AbortSignal.timeout(ABANDON_MS)]);
  for (let attempt = 0; !abandon.aborted; attempt++) {
    const abandons = random.chance(ABANDONS);
    const patienceMs = abandons ? random.between(...ABANDONED_MS) : PATIENCE_MS;
    const to = random.chance(SENDS_TWICE) ? urls : [random.pick(urls)];
    const outcomes = await Promise.all(to.map((url) => send(url, orderTask, patienceMs, means)));
    const responses = outcomes.flatMap((outcome) => ('response' in outcome ? [outcome.response] : []));
    if (responses.length > 0) {
      if (!random.chance(REPEATS)) return responses;
      const again = await send(random.pick(urls), orderTask, PATIENCE_MS, means);
      return 'response' in again ? [...responses, again.response] : responses;
    }
    const requestedItems = Math.max(
      ...outcomes.map((outcome) => ('afterMs' in outcome ? outcome.afterMs : 0)),
    );
    const backoff = random.between(0, Math.min(BACKOFF_MS.cap, BACKOFF_MS.base * 2 ** attempt));
    await pause(abandons ? random.between(...LATER_MS) : requestedItems + backoff, abandon);
  }
  return [];
}

type Outcome = { readonly response: OrderResponse } | { readonly afterMs: number };

async function send(
  url: string,
  { key, items }: OrderTask,
  patienceMs: number,
  means: Means,
): Promise<Outcome> {
  const { dispatcher, signal, onAttempt } = means;
  try {
    const { statusCode, headers, body } = await request(`${url}/api/orders`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ items, email: `${key}@chaos.example` }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(patienceMs))]),
    });
    const response = { status: statusCode, body: await body.text() };
    const code = parseCode(response);
    onAttempt(`${response.status} ${code}`.trimEnd());
    if (isFinal(response.status, code)) return { response };
    return { afterMs: 1000 * (Number(headers['retry-after']) || 0) };
  } catch (error) {
    onAttempt(`no response: ${toReason(error)}`);
    return { afterMs: 0 };
  }
}

/** Returns whether another attempt under the same key would change nothing. */
const isFinal = (status: number, code: string): boolean =>
  status < 500 && ![408, 425, 429].includes(status) && code !== 'operation-in-progress';

function parseCode({ status, body }: OrderResponse): string {
  if (status < 400) return '';
  try {
    return (JSON.parse(body) as { code?: string }).code ?? '';
  } catch {
    return '';
  }
}

const toReason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'abandoned';
  return 'code' in error ? String(error.code) : error.name;
};

export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
