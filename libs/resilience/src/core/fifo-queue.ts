import {
  type DropReason,
  permitsFor,
  priorities,
  type Priority,
  type WaitQueue,
  type Waiter,
} from '@film-store/core';

interface Entry<W extends Waiter> {
  readonly waiter: W;
  readonly expires: number;
  readonly reason: DropReason;
}

/** Serves the highest priority first, and each in order of arrival. Each priority may fill a part of the queue. */
export class FifoQueue<W extends Waiter> implements WaitQueue<W> {
  readonly #capacity: number;
  readonly #maxWaitMs: number;
  /** In the order in which they are served. */
  #entries: Entry<W>[] = [];

  /** @param capacity waiters in all, from 0 */
  constructor(capacity: number, maxWaitMs: number) {
    this.#capacity = capacity;
    this.#maxWaitMs = maxWaitMs;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(now: number, waiter: W): W | undefined {
    const { priority, startBy } = waiter;
    if (this.size >= permitsFor(priority, this.#capacity)) return waiter;
    const timeout = now + this.#maxWaitMs;
    const reason = startBy < timeout ? 'deadline-unreachable' : 'timed-out';
    const previous = this.#entries.findLastIndex((entry) => rank(entry.waiter.priority) <= rank(priority));
    this.#entries.splice(previous + 1, 0, { waiter, expires: Math.min(startBy, timeout), reason });
    return undefined;
  }

  take(_now: number, mayStart: (priority: Priority) => boolean): W | undefined {
    const next = this.#entries[0]?.waiter;
    if (next && !mayStart(next.priority)) return undefined;
    this.#entries.shift();
    return next;
  }

  expire(now: number): Pick<Entry<W>, 'waiter' | 'reason'>[] {
    const expired = this.#entries.filter(({ expires }) => expires <= now);
    if (expired.length > 0) this.#entries = this.#entries.filter(({ expires }) => expires > now);
    return expired;
  }

  nextExpiry(): number {
    return Math.min(...this.#entries.map(({ expires }) => expires));
  }

  remove(waiter: W): boolean {
    const index = this.#entries.findIndex((entry) => entry.waiter === waiter);
    if (index >= 0) this.#entries.splice(index, 1);
    return index >= 0;
  }
}

const rank = (priority: Priority): number => priorities.indexOf(priority);
