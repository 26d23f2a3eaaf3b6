import { Pool } from 'undici';
import { atConstantRate } from '../../../test/load/open-loop.ts';
import { type Outcome, toOutcome } from '../../../test/load/sample.ts';
import { type CompareRequest, type Mix, Requests } from './requests.ts';

/** A request to one gateway. The other gateway gets the same one at the same due time. */
export interface Sent {
  readonly request: CompareRequest;
  /** On the clock of `performance.now()`. */
  readonly due: number;
  /** The page shows this request as the view of a customer, for both gateways. */
  readonly isShown: boolean;
}

export interface Received {
  readonly outcome: Outcome;
  readonly status: number | undefined;
  /** Reasons that `X-Degraded` lists. */
  readonly reasons: readonly string[];
  /** JSON of a shown request. */
  readonly body: unknown;
}

/** Receives the requests of one gateway. */
export interface Receiver {
  sent(sent: Sent): void;
  received(sent: Sent, received: Received): void;
}

export interface Target {
  readonly url: string;
  readonly receiver: Receiver;
}

export interface LoadPhase {
  readonly rps: number;
  readonly seconds: number;
  readonly mix: Mix;
}

/** A customer leaves this long after the due time, in milliseconds. */
const PATIENCE_MS = 10_000;
/** Time between two requests of the shown customer, in milliseconds. */
const SHOWN_EVERY_MS = 2000;

/** An open loop: one schedule of requests, each of which goes to all targets at its due time. */
export class Load {
  readonly #targets: readonly (Target & { readonly pool: Pool })[];
  readonly #requests: Requests;
  readonly #end = new AbortController();
  readonly #shownAt = new Map<string, number>();

  /** @param run makes the idempotency keys unique */
  constructor(targets: readonly Target[], films: readonly string[], run: string) {
    this.#targets = targets.map((target) => ({
      ...target,
      pool: new Pool(target.url, { connections: null }),
    }));
    this.#requests = new Requests(films, run);
  }

  /** Resolves when the last request was sent, whether or not it has a response. */
  async send(phase: LoadPhase): Promise<void> {
    const sendNext = async (_: number, due: number): Promise<void> =>
      this.#sendToAll(this.#requests.next(phase.mix), due);
    await atConstantRate(phase, sendNext, this.#end.signal);
  }

  /** Ends all requests. Idempotent. */
  async stop(): Promise<void> {
    this.#end.abort();
    await Promise.all(this.#targets.map(({ pool }) => pool.destroy()));
  }

  #sendToAll(request: CompareRequest, due: number): void {
    const isShown = this.#takeShown(request.kind, due);
    for (const { pool, receiver } of this.#targets) {
      const sent = { request, due, isShown };
      receiver.sent(sent);
      void dispatch(pool, sent).then((received) => receiver.received(sent, received));
    }
  }

  #takeShown(kind: CompareRequest['kind'], due: number): boolean {
    if (kind !== 'page' && kind !== 'order') return false;
    if (due - (this.#shownAt.get(kind) ?? -Infinity) < SHOWN_EVERY_MS) return false;
    this.#shownAt.set(kind, due);
    return true;
  }
}

async function dispatch(pool: Pool, { request, isShown }: Sent): Promise<Received> {
  try {
    const { method, path, headers, body: content } = request;
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await pool.request({ method, path, headers, body: content ?? null, signal });
    const degraded = String(response.headers['x-degraded'] ?? '');
    const text = await response.body.text();
    return {
      // Out of stock is a correct response.
      outcome: response.statusCode === 409 ? 'whole' : toOutcome(response.statusCode, degraded !== ''),
      status: response.statusCode,
      reasons: [...degraded.matchAll(/reason=([\w-]+)/g)].map(([, reason = '']) => reason),
      body: isShown ? parse(text) : undefined,
    };
  } catch {
    return { outcome: 'no response', status: undefined, reasons: [], body: undefined };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
