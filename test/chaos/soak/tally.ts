import type { Exchange } from './visitors.ts';
import type { Request } from './mix.ts';

const RATE_OVER_MS = 5000;

/** Counts what was sent and what came of it. */
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

  /** Requests without an answer, and those of which it was a 500, with what went on at that time. */
  get withoutResponse(): readonly string[] {
    return this.#withoutResponse;
  }

  get internalErrors(): readonly string[] {
    return this.#internalErrors;
  }

  /** How long ago the last answer came, in milliseconds. */
  get silenceMs(): number {
    return this.#now() - this.#receivedAt;
  }

  /** How often each thing was counted, by name. */
  get figures(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => a.localeCompare(b)));
  }

  record({ status, code, degraded }: Exchange, { method, path }: Request, meanwhile: string): void {
    this.#sent += 1;
    this.#count(`answers: ${status}${code && ` ${code}`}${degraded ? ', degraded' : ''}`);
    if (status === 'unanswered') this.#withoutResponse.push(`${method} ${path}: ${meanwhile}`);
    else this.#receivedAt = this.#now();
    if (status === 500) this.#internalErrors.push(`${method} ${path}: ${meanwhile}`);
  }

  /** One attempt at an order, whatever came of it: clients give some up on purpose. */
  attempt(): void {
    this.#sent += 1;
    this.#count('attempts at orders');
  }

  /** Requests a second, lately. */
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
