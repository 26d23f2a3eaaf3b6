import { percentile } from '../../../test/load/percentiles.ts';
import type { Received, Receiver, Sent } from './load.ts';
import type { Customer, SecondOfSide, View } from './report.ts';

/** A shorter wait is no spinner, in milliseconds. */
const NOTICED_MS = 500;

/** Counts the responses of one gateway. */
export class Tally implements Receiver {
  readonly #open = new Set<Sent>();
  readonly #last = new Map<string, View>();
  #sent = 0;
  #ended: { ms: number; received: Received }[] = [];
  readonly #reasons = new Map<string, number>();

  sent(sent: Sent): void {
    this.#open.add(sent);
    this.#sent += 1;
  }

  received(sent: Sent, received: Received): void {
    this.#open.delete(sent);
    this.#ended.push({ ms: performance.now() - sent.due, received });
    for (const reason of new Set(received.reasons))
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    if (sent.isShown) this.#last.set(sent.request.kind, toView(received));
  }

  /** Returns the counts since the last call. @param calls in that time */
  take(calls: number): SecondOfSide {
    const now = performance.now();
    const ended = this.#ended;
    const sent = this.#sent;
    this.#ended = [];
    this.#sent = 0;
    const count = (...outcomes: Received['outcome'][]): number =>
      ended.filter(({ received }) => outcomes.includes(received.outcome)).length;
    const latencies = [...ended.map(({ ms }) => ms), ...[...this.#open].map(({ due }) => now - due)];
    const p99 = percentile(
      latencies.toSorted((a, b) => a - b),
      0.99,
    );
    return {
      good: count('whole'),
      degraded: count('degraded'),
      failed: count('rejected', 'overloaded', 'failed', 'no response'),
      p99Ms: Number.isNaN(p99) ? null : Math.round(p99),
      calls,
      sent,
    };
  }

  /** Returns the number of responses by reason of their degradation since the last call. */
  takeReasons(): ReadonlyMap<string, number> {
    const reasons = new Map(this.#reasons);
    this.#reasons.clear();
    return reasons;
  }

  /** Longest time that a customer waits now, in milliseconds. */
  longestWaitMs(): number {
    const now = performance.now();
    return Math.max(0, ...[...this.#open].map(({ due }) => now - due));
  }

  customer(): Customer {
    return { page: this.#view('page'), order: this.#view('order') };
  }

  #view(kind: 'page' | 'order'): View {
    const waiting = [...this.#open].find(({ isShown, request }) => isShown && request.kind === kind);
    const ms = waiting ? performance.now() - waiting.due : 0;
    if (ms > NOTICED_MS) return { state: 'waiting', seconds: Math.floor(ms / 1000) };
    return this.#last.get(kind) ?? { state: 'none' };
  }
}

function toView({ outcome, status, body }: Received): View {
  return outcome === 'whole' || outcome === 'degraded'
    ? { state: 'page', body }
    : { state: 'error', status: status ?? null };
}
