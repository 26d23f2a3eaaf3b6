import {
  type DropReason,
  permitsFor,
  priorities,
  type Priority,
  type WaitQueue,
  type Waiter,
} from '@film-store/core';

export interface FifoQueueSettings {
  /** Waiters in all. From 0. */
  readonly capacity: number;
  /** Longest wait, in milliseconds. */
  readonly maxWaitMs: number;
}

interface Entry {
  readonly expires: number;
  readonly reason: DropReason;
}

/** Serves the highest priority first, and each in order of arrival. Each priority may fill a part of the queue. */
export class FifoQueue<W extends Waiter> implements WaitQueue<W> {
  readonly #settings: FifoQueueSettings;
  readonly #waiters: Readonly<Record<Priority, Map<W, Entry>>> = {
    critical: new Map(),
    normal: new Map(),
    sheddable: new Map(),
  };

  constructor(settings: FifoQueueSettings) {
    this.#settings = settings;
  }

  get size(): number {
    const { critical, normal, sheddable } = this.#waiters;
    return critical.size + normal.size + sheddable.size;
  }

  push(now: number, waiter: W): W | undefined {
    const { capacity, maxWaitMs } = this.#settings;
    const { priority, startBy } = waiter;
    if (this.size >= permitsFor(priority, capacity)) return waiter;
    const reason = startBy < now + maxWaitMs ? 'deadline-unreachable' : 'timed-out';
    this.#waiters[priority].set(waiter, { expires: Math.min(startBy, now + maxWaitMs), reason });
    return undefined;
  }

  take(_now: number, mayStart: (priority: Priority) => boolean): W | undefined {
    const priority = priorities.find((priority) => this.#waiters[priority].size > 0);
    if (priority === undefined || !mayStart(priority)) return undefined;
    const [waiter] = this.#waiters[priority].keys();
    if (waiter) this.remove(waiter);
    return waiter;
  }

  expire(now: number): { readonly waiter: W; readonly reason: DropReason }[] {
    const expired = this.#entries().filter(([, { expires }]) => expires <= now);
    for (const [waiter] of expired) this.remove(waiter);
    return expired.map(([waiter, { reason }]) => ({ waiter, reason }));
  }

  nextExpiry(): number {
    return Math.min(...this.#entries().map(([, { expires }]) => expires));
  }

  remove(waiter: W): boolean {
    return this.#waiters[waiter.priority].delete(waiter);
  }

  #entries(): [W, Entry][] {
    return priorities.flatMap((priority) => Array.from(this.#waiters[priority]));
  }
}
