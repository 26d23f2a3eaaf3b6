import type { Exchange } from './visitors.ts';
import type { Request } from './mix.ts';

const RATE_OVER_MS = 5000;

/** Counts requests and their results. */
export class Tally {
  readonly #counts = new Map<string, number>();
  readonly #now: () => number;
  readonly #withoutResponse: string[] = [];
  readonly #internalErrors: string[] = [];
  #sent = 0;
  #receivedAt: number;
  #rate = { at: 0, sent: 0, perSecond: 0 };

  /** @param now milliseconds from any origin */
  constructor(now: () => number) {
    this.#now = now;
    this.#receivedAt = now();
    this.#rate.at = now();
  }

  get sent(): number {
    return this.#sent;
  }

  /** Requests without a response and those with status 500, with the fault at that time. */
  get withoutResponse(): readonly string[] {
    return this.#withoutResponse;
  }

  get internalErrors(): readonly string[] {
    return this.#internalErrors;
  }

  /** Time since the last response, in milliseconds. */
  get silenceMs(): number {
    return this.#now() - this.#receivedAt;
  }

  /** All counts, by name. */
  get figures(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
  }

  record({ status, code, degraded }: Exchange, { method, path }: Request, meanwhile: string): void {
    this.#sent += 1;
    this.#count(`responses: ${status}${code && ` ${code}`}${degraded ? ', degraded' : ''}`);
    if (status === 'no-response') this.#withoutResponse.push(`${method} ${path}: ${meanwhile}`);
    else this.#receivedAt = this.#now();
    if (status === 500) this.#internalErrors.push(`${method} ${path}: ${meanwhile}`);
  }

  /** Counts one attempt at an order, whatever its result: clients abandon some on purpose. */
  attempt(): void {
    this.#sent += 1;
    this.#count('attempts at orders');
  }

  /** Recent requests per second. */
  perSecond(): number {
    const ms = this.#now() - this.#rate.at;
    if (ms >= RATE_OVER_MS) {
      const perSecond = ((this.#sent - this.#rate.sent) * 1000) / ms;
      this.#rate = { at: this.#now(), sent: this.#sent, perSecond };
    }
    return this.#rate.perSecond;
  }

  #count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}
