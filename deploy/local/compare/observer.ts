import { explain, type SideSeen } from './explain.ts';
import { OurPolicies, type PolicyEvents } from './our-policies.ts';
import type { Customer, Second, SecondOfSide } from './report.ts';
import type { Side } from './side.ts';
import { Tally } from './tally.ts';

/** Seconds that a sentence explains. */
const RECENT_S = 5;

/** Counts once a second what both sides do from its creation on, and explains the difference. */
export class Observer {
  readonly ours: ObservedSide;
  readonly twin: ObservedSide;
  readonly #policies: OurPolicies;
  readonly #seconds: Second[] = [];
  readonly #events: PolicyEvents[] = [];
  readonly #reasons: ReadonlyMap<string, number>[] = [];
  #sentence = '';

  constructor(ours: Side, twin: Side) {
    this.ours = new ObservedSide(ours);
    this.twin = new ObservedSide(twin);
    this.#policies = new OurPolicies(ours.url);
  }

  get seconds(): readonly Second[] {
    return this.#seconds;
  }

  get sentence(): string {
    return this.#sentence;
  }

  get customers(): { readonly ours: Customer; readonly twin: Customer } {
    return { ours: this.ours.tally.customer(), twin: this.twin.tally.customer() };
  }

  /** Ends a second. @param faultS seconds since the begin of the fault, negative before */
  async endSecond(faultS: number): Promise<void> {
    this.#seconds.push({ ours: this.ours.take(), twin: this.twin.take() });
    this.#reasons.push(this.ours.tally.takeReasons());
    this.#events.push(await this.#policies.read(faultS));
    this.#sentence = this.#explain();
  }

  #explain(): string {
    const recent = this.#seconds.slice(-RECENT_S);
    const events = this.#events.slice(-RECENT_S);
    const counts = new Map<string, number>();
    for (const reasons of this.#reasons.slice(-RECENT_S))
      for (const [reason, count] of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
    return explain({
      ours: {
        ...this.ours.seen(recent.map(({ ours }) => ours)),
        breakers: events.at(-1)?.breakers ?? [],
        reasons: [...counts].toSorted(([, a], [, b]) => b - a).map(([reason]) => reason),
        rejectedCalls: average(events.map(({ rejectedCalls }) => rejectedCalls)),
        shed: average(events.map(({ shed }) => shed)),
      },
      twin: this.twin.seen(recent.map(({ twin }) => twin)),
    });
  }
}

class ObservedSide {
  readonly tally = new Tally();
  readonly #side: Side;
  #calls: number;
  #failures = 0;
  readonly #failedCalls: number[] = [];

  constructor(side: Side) {
    this.#side = side;
    this.#calls = this.#sum((link) => link.calls());
  }

  take(): SecondOfSide {
    const before = this.#calls;
    this.#calls = this.#sum((link) => link.calls());
    const failuresBefore = this.#failures;
    this.#failures = this.#sum((link) => link.failures());
    this.#failedCalls.push(this.#failures - failuresBefore);
    return this.tally.take(this.#calls - before);
  }

  seen(seconds: readonly SecondOfSide[]): SideSeen {
    const mean = (key: 'good' | 'degraded' | 'failed' | 'calls' | 'sent'): number =>
      average(seconds.map((second) => second[key]));
    return {
      good: mean('good'),
      degraded: mean('degraded'),
      failed: mean('failed'),
      sent: mean('sent'),
      callsPerRequest: mean('calls') / Math.max(1, mean('sent')),
      failedCalls: average(this.#failedCalls.slice(-RECENT_S)),
      openCalls: this.#sum((link) => link.open()),
      longestWaitS: this.tally.longestWaitMs() / 1000,
    };
  }

  #sum(toNumber: (link: ReturnType<Side['links']['get']> & object) => number): number {
    return [...this.#side.links.values()].reduce((total, link) => total + toNumber(link), 0);
  }
}

const average = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / Math.max(1, values.length);
