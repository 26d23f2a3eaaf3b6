import { AsyncResource } from 'node:async_hooks';
import {
  type Clock,
  type ConcurrencyLimit,
  ConcurrencyLimiter,
  type DropReason,
  type LimitState,
  permitsFor,
  type Priority,
  type Waiter,
} from '@film-store/core';
import { CodelQueue, type CodelQueueSettings } from './codel-queue.ts';

export type ShedReason = DropReason | 'event-loop-delay';

export interface RequestClass {
  readonly priority: Priority;
  /** Time on the clock of `monotonicNow`; `Infinity` for none. */
  readonly deadline: number;
  /** `false`: the request is admitted or shed like others, but no handler serves it. @default true */
  readonly holdsPermit?: boolean;
}

/**
 * How admitted work ended. `success`: it did all of its task. `failure`: its deadline ended it. `ignored`: everything
 * else, because work that fails early would make the server look fast.
 */
export type WorkOutcome = 'success' | 'failure' | 'ignored';

export interface Permit {
  /** Releases the permit once; later calls do nothing. `latencyMs` is the duration of the work. */
  release(outcome: WorkOutcome, latencyMs: number): void;
}

export type Decision =
  | { readonly admitted: true; readonly permit: Permit }
  | { readonly admitted: false; readonly reason: ShedReason };

export interface LimiterState extends LimitState {
  readonly inFlight: number;
  /** Age of the oldest permit that is not released, in milliseconds; 0 for none. */
  readonly oldestMs: number;
  readonly queued: number;
  readonly admitted: Readonly<Record<Priority, number>>;
  readonly rejected: Readonly<Record<Priority, Readonly<Record<ShedReason, number>>>>;
}

export type LoadShedderState =
  { readonly strategy: 'off' } | ({ readonly strategy: 'adaptive' | 'fixed' } & LimiterState);

export interface LoadShedder {
  /**
   * Calls `decide` exactly once, at once or after a wait.
   * @returns a function that leaves the queue without a decision; it does nothing after the decision
   */
  acquire(request: RequestClass, decide: (decision: Decision) => void): () => void;
  describe(): LoadShedderState;
  /** Stops metrics and timers. Safe to call twice. */
  stop(): void;
}

/**
 * Acquires a permit, and decides in the asynchronous context of the caller. Without it, a request that has waited would
 * continue in the context of the request whose end gave it the permit.
 */
export function acquireInContext(
  shedder: LoadShedder,
  request: RequestClass,
  decide: (decision: Decision) => void,
): () => void {
  let isDecided = false;
  let context: AsyncResource | undefined;
  const cancel = shedder.acquire(request, (decision) => {
    isDecided = true;
    if (context) context.runInAsyncScope(decide, undefined, decision);
    else decide(decision);
  });
  if (!isDecided) context = new AsyncResource('WAITING_REQUEST');
  return cancel;
}

export interface RequestLimiterDeps {
  readonly limit: ConcurrencyLimit;
  readonly queue: CodelQueueSettings;
  readonly clock: Clock;
  /** Returns `true` to shed a request of this priority because the event loop is late. */
  readonly isEventLoopOverloaded: (priority: Priority) => boolean;
  readonly onShed?: () => void;
}

interface WaitingRequest extends Waiter {
  readonly decide: (decision: Decision) => void;
}

/**
 * Applies a limit to the requests in flight. Each priority may fill a part of the limit; further requests wait in a
 * short queue.
 *
 * - The requests in flight never exceed the limit that held when the last of them was admitted.
 * - A request is admitted only while no request of a higher priority waits.
 * - A critical request is shed only if its deadline is unreachable, or if the queue is full of critical requests.
 */
export class RequestLimiter implements Pick<LoadShedder, 'acquire'> {
  readonly #deps: RequestLimiterDeps;
  readonly #limiter: ConcurrencyLimiter<WaitingRequest>;
  readonly #admitted = byPriority(() => 0);
  readonly #rejected = byPriority(() => ({
    'timed-out': 0,
    evicted: 0,
    'deadline-unreachable': 0,
    'event-loop-delay': 0,
  }));
  /** Permits that are not released, the oldest first. */
  readonly #permits = new Set<{ readonly since: number }>();

  constructor(deps: RequestLimiterDeps) {
    this.#deps = deps;
    const { limit, clock } = deps;
    this.#limiter = new ConcurrencyLimiter({
      capacity: (priority) => permitsFor(priority, limit.current(clock.now())),
      queue: new CodelQueue<WaitingRequest>(deps.queue),
      clock,
      onAcquired: (request) => this.#admit(request),
      onDropped: (request, reason) => this.#shed(request, reason),
    });
  }

  acquire({ priority, deadline }: RequestClass, decide: (decision: Decision) => void): () => void {
    const { clock, limit, isEventLoopOverloaded } = this.#deps;
    this.#limiter.update();
    const startBy = deadline - (limit.describe(clock.now()).uncontendedRttMs ?? 0);
    const request: WaitingRequest = { priority, startBy, decide };
    // A single request cannot be the cause of the delay.
    if (this.#permits.size > 0 && isEventLoopOverloaded(priority)) this.#shed(request, 'event-loop-delay');
    else if (this.#limiter.tryAcquire(priority)) this.#admit(request);
    else this.#limiter.wait(request);
    return () => this.#limiter.cancel(request);
  }

  describe(): LimiterState {
    const { limit, clock } = this.#deps;
    const now = clock.now();
    const [oldest] = this.#permits;
    return {
      ...limit.describe(now),
      inFlight: this.#limiter.inFlight,
      oldestMs: oldest ? now - oldest.since : 0,
      queued: this.#limiter.queued,
      admitted: { ...this.#admitted },
      rejected: byPriority((priority) => ({ ...this.#rejected[priority] })),
    };
  }

  #admit({ priority, decide }: WaitingRequest): void {
    const { clock, limit } = this.#deps;
    const held = { since: clock.now() };
    this.#permits.add(held);
    this.#admitted[priority] += 1;
    const { inFlight } = this.#limiter;
    const release = (outcome: WorkOutcome, rttMs: number): void => {
      if (!this.#permits.delete(held)) return;
      if (outcome === 'success') limit.sample(clock.now(), { rttMs, inFlight, outcome: 'completed' });
      if (outcome === 'failure') limit.sample(clock.now(), { rttMs, inFlight, outcome: 'cut-short' });
      this.#limiter.release();
    };
    decide({ admitted: true, permit: { release } });
  }

  #shed({ priority, decide }: WaitingRequest, reason: ShedReason): void {
    this.#rejected[priority][reason] += 1;
    this.#deps.onShed?.();
    decide({ admitted: false, reason });
  }
}

const byPriority = <T>(create: (priority: Priority) => T): Record<Priority, T> => ({
  critical: create('critical'),
  normal: create('normal'),
  sheddable: create('sheddable'),
});
