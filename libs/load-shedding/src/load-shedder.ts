import { type Clock, placesFor, type Priority } from '@film-store/core';
import { CodelQueue, type CodelQueueSettings, type Dropped, type Waiter } from './codel-queue.ts';
import type { ConcurrencyLimit, LimitState } from './concurrency-limit.ts';

/** Why a request was refused: as a waiter is dropped, or for a late event loop. */
export type Refusal = Dropped | 'event-loop';
export const refusals = ['waited', 'displaced', 'doomed', 'event-loop'] as const satisfies Refusal[];

/**
 * How admitted work went, as far as it tells what the server can take. `success`: it did what it was there for.
 * `failure`: its deadline ended it. `ignored`: all else; what fails fast would pass for a fast server.
 */
export type WorkOutcome = 'success' | 'failure' | 'ignored';

export interface Permit {
  /** Gives the place back, once; later calls do nothing. `latencyMs` is how long the work itself took. */
  release(outcome: WorkOutcome, latencyMs: number): void;
}

export type Decision =
  | { readonly admitted: true; readonly permit: Permit }
  | { readonly admitted: false; readonly refusal: Refusal };

export interface AdmissionState extends LimitState {
  readonly inFlight: number;
  /** Age of the oldest permit that is not released, in milliseconds; 0 where there is none. */
  readonly oldestMs: number;
  readonly queued: number;
  readonly admitted: Readonly<Record<Priority, number>>;
  readonly refused: Readonly<Record<Priority, Readonly<Record<Refusal, number>>>>;
}

export interface AdmissionDeps {
  readonly limit: ConcurrencyLimit;
  readonly queue: CodelQueueSettings;
  readonly clock: Clock;
  /** Whether to refuse a request of this priority because the event loop is late. */
  readonly refusedByLoop: (now: number, priority: Priority) => boolean;
  /** Hears of every decision. */
  readonly onDecision?: (priority: Priority, decision: Decision) => void;
}

interface Applicant extends Waiter {
  readonly decide: (decision: Decision) => void;
}

/**
 * Enforces a limit on the requests in flight, those of each priority up to its share of it, the others in a short queue.
 *
 * - In flight never exceed the limit as it was when the last of them was admitted.
 * - Whoever is admitted leaves nobody of a higher priority waiting.
 * - A critical request is refused only when it is doomed, or when the queue is full of critical ones.
 */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #queue: CodelQueue<Applicant>;
  readonly #admitted = byPriority(() => 0);
  readonly #refused = byPriority(() => ({ waited: 0, displaced: 0, doomed: 0, 'event-loop': 0 }));
  /** Those that are not released, the oldest first. */
  readonly #permits = new Set<{ readonly since: number }>();
  #timer: { readonly at: number; readonly disarm: () => void } | undefined;

  constructor(deps: AdmissionDeps) {
    this.#deps = deps;
    this.#queue = new CodelQueue(deps.queue);
  }

  /**
   * Decides at once or, after a wait, later, exactly once.
   * @param deadline on the clock; `Infinity` where there is none
   * @returns leaves the queue, undecided; does nothing once it is decided
   */
  admit(priority: Priority, deadline: number, decide: (decision: Decision) => void): () => void {
    const { clock, limit, refusedByLoop } = this.#deps;
    const now = clock.now();
    this.#advance(now);
    const startBy = deadline - (limit.describe(now).longRttMs ?? 0);
    const applicant: Applicant = { priority, startBy, decide };
    // One that is alone is not what makes the loop late.
    if (this.#permits.size > 0 && refusedByLoop(now, priority)) this.#refuse(applicant, 'event-loop');
    // Whoever waits at this priority or above it could not enter just now, so nobody is overtaken.
    else if (this.#mayEnter(now, priority)) this.#enter(applicant);
    else if (startBy <= now) this.#refuse(applicant, 'doomed');
    else {
      const dropped = this.#queue.push(now, applicant);
      if (dropped) this.#refuse(dropped, 'displaced');
      this.#arm();
    }
    return () => {
      if (this.#queue.remove(applicant)) this.#arm();
    };
  }

  describe(): AdmissionState {
    const { limit, clock } = this.#deps;
    const now = clock.now();
    const [oldest] = this.#permits;
    return {
      ...limit.describe(now),
      inFlight: this.#permits.size,
      oldestMs: oldest ? now - oldest.since : 0,
      queued: this.#queue.size,
      admitted: { ...this.#admitted },
      refused: byPriority((priority) => ({ ...this.#refused[priority] })),
    };
  }

  /** Takes the time into account: first those leave who may wait no longer, then those enter for whom there is room. */
  #advance(now: number): void {
    if (this.#queue.size > 0) {
      for (const { waiter, why } of this.#queue.expire(now)) this.#refuse(waiter, why);
      const mayEnter = (priority: Priority): boolean => this.#mayEnter(now, priority);
      for (let next = this.#queue.take(now, mayEnter); next; next = this.#queue.take(now, mayEnter))
        this.#enter(next);
    }
    this.#arm();
  }

  #mayEnter(now: number, priority: Priority): boolean {
    return this.#permits.size < placesFor(priority, this.#deps.limit.current(now));
  }

  #enter({ priority, decide }: Applicant): void {
    const { clock, limit, onDecision } = this.#deps;
    const held = { since: clock.now() };
    this.#permits.add(held);
    this.#admitted[priority] += 1;
    const inFlight = this.#permits.size;
    const release = (outcome: WorkOutcome, latencyMs: number): void => {
      if (!this.#permits.delete(held)) return;
      const now = clock.now();
      if (outcome !== 'ignored') {
        const sampled = outcome === 'success' ? 'answered' : 'cut-short';
        limit.sample(now, { rttMs: latencyMs, inFlight, outcome: sampled });
      }
      this.#advance(now);
    };
    const decision: Decision = { admitted: true, permit: { release } };
    onDecision?.(priority, decision);
    decide(decision);
  }

  #refuse({ priority, decide }: Applicant, refusal: Refusal): void {
    this.#refused[priority][refusal] += 1;
    const decision: Decision = { admitted: false, refusal };
    this.#deps.onDecision?.(priority, decision);
    decide(decision);
  }

  /** One timer, for whoever has to leave the queue first. */
  #arm(): void {
    const { clock } = this.#deps;
    const at = this.#queue.size === 0 ? Infinity : this.#queue.nextExpiry();
    if (at === (this.#timer?.at ?? Infinity)) return;
    this.#timer?.disarm();
    this.#timer = undefined;
    if (at === Infinity) return;
    const disarm = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined;
      this.#advance(clock.now());
    });
    this.#timer = { at, disarm };
  }
}

function byPriority<T>(value: (priority: Priority) => T): Record<Priority, T> {
  return { critical: value('critical'), normal: value('normal'), sheddable: value('sheddable') };
}
