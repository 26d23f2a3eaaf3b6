import type { Clock } from './clock.ts';
import type { Priority } from './priority.ts';

/** Why a waiter leaves the queue without a permit. */
export type DropReason = 'timed-out' | 'evicted' | 'deadline-unreachable';

export interface Waiter {
  readonly priority: Priority;
  /** Time on the clock after which the work cannot meet its deadline; `Infinity` for none. */
  readonly startBy: number;
}

/** Orders the waiters. A queue runs no timer. `now` is in milliseconds and never goes back. */
export interface WaitQueue<W extends Waiter> {
  readonly size: number;
  /** Adds `waiter`. Returns the waiter that leaves a full queue, which may be `waiter` itself. */
  push(now: number, waiter: W): W | undefined;
  /** Removes and returns the next waiter, if `mayStart` returns `true` for its priority. */
  take(now: number, mayStart: (priority: Priority) => boolean): W | undefined;
  /** Removes and returns the waiters whose time is over. */
  expire(now: number): { readonly waiter: W; readonly reason: DropReason }[];
  /** Returns when the time of the next waiter is over; `Infinity` for none. */
  nextExpiry(): number;
  /** Removes `waiter`. Returns `false` if it was not in the queue. */
  remove(waiter: W): boolean;
}

export interface ConcurrencyLimiterOptions<W extends Waiter> {
  /** Returns how many permits may be in flight when one is given to this priority. */
  readonly capacity: (priority: Priority) => number;
  readonly queue: WaitQueue<W>;
  readonly clock: Clock;
  /** Receives a waiter that has got its permit. */
  readonly onAcquired: (waiter: W) => void;
  readonly onDropped: (waiter: W, reason: DropReason) => void;
}

/**
 * Limits the permits in flight. Without a free permit, callers wait in a queue. A released permit goes to the next
 * waiter before that waiter wakes, so that no new caller overtakes it.
 *
 * The user of the limiter releases each permit exactly once, when the work has settled.
 */
export class ConcurrencyLimiter<W extends Waiter> {
  readonly #options: ConcurrencyLimiterOptions<W>;
  readonly #queue: WaitQueue<W>;
  readonly #mayStart = (priority: Priority): boolean => this.#inFlight < this.#options.capacity(priority);
  #inFlight = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: ConcurrencyLimiterOptions<W>) {
    this.#options = options;
    this.#queue = options.queue;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Takes a permit if one is free. It overtakes no waiter of its priority: a waiter would have taken the permit. */
  tryAcquire(priority: Priority): boolean {
    if (!this.#mayStart(priority)) return false;
    this.#inFlight += 1;
    return true;
  }

  /** Adds a waiter to the queue. Drops it at once if its deadline is unreachable. A full queue drops one waiter. */
  wait(waiter: W): void {
    const { clock, onDropped } = this.#options;
    const now = clock.now();
    if (waiter.startBy <= now) return onDropped(waiter, 'deadline-unreachable');
    const evicted = this.#queue.push(now, waiter);
    if (evicted) onDropped(evicted, 'evicted');
    this.#setTimer();
  }

  /** Removes a waiter without a callback; does nothing if it is not in the queue. */
  cancel(waiter: W): void {
    if (this.#queue.remove(waiter)) this.#setTimer();
  }

  release(): void {
    this.#inFlight -= 1;
    if (this.#queue.size > 0 || this.#timer) this.update();
  }

  /** Drops the waiters whose time is over, then gives free permits to the next waiters. */
  update(): void {
    const { clock, onAcquired, onDropped } = this.#options;
    if (this.#queue.size > 0) {
      const now = clock.now();
      for (const { waiter, reason } of this.#queue.expire(now)) onDropped(waiter, reason);
      let next: W | undefined;
      while ((next = this.#queue.take(now, this.#mayStart))) {
        this.#inFlight += 1;
        onAcquired(next);
      }
    }
    this.#setTimer();
  }

  /** Keeps one timer, for the waiter whose time is over next. */
  #setTimer(): void {
    const { clock } = this.#options;
    const at = this.#queue.size === 0 ? Infinity : this.#queue.nextExpiry();
    if (at === (this.#timer?.at ?? Infinity)) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === Infinity) return;
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined;
      this.update();
    });
    this.#timer = { at, cancel };
  }
}
