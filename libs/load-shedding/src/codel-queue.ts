import { type DropReason, type Priority, type WaitQueue, type Waiter, priorities } from '@film-store/core';

export interface CodelQueueSettings {
  /** Waiters in all. From 0. */
  readonly capacity: number;
  /** Longest wait while the waiter's priority is overloaded, in milliseconds. */
  readonly targetMs: number;
  /** Longest wait otherwise, in milliseconds. A priority that has had waiters for longer is overloaded. */
  readonly intervalMs: number;
}

interface Entry<W extends Waiter> {
  readonly waiter: W;
  readonly expires: number;
}

/** The waiters of one priority, oldest first. */
interface Class<W extends Waiter> {
  entries: Entry<W>[];
  /** Time at which it was last empty. */
  emptyAt: number;
}

/**
 * A short queue under controlled delay, as B. Maurer describes it in "Fail at Scale" (ACM Queue 13/8, 2015). A burst
 * may wait for the interval and is served in order of arrival. A priority that has had waiters for longer than that is
 * overloaded: new waiters wait for the target only, and the newest is served first, since its client is the likeliest
 * to be still there.
 *
 * - A priority is served only while no higher one has waiters, and evicted before a higher one is.
 * - `critical` has no target: its waiters stay until their deadline is unreachable, a newer one evicts them, or they are
 *   served.
 */
export class CodelQueue<W extends Waiter> implements WaitQueue<W> {
  readonly #settings: CodelQueueSettings;
  readonly #classes: Readonly<Record<Priority, Class<W>>> = {
    critical: { entries: [], emptyAt: 0 },
    normal: { entries: [], emptyAt: 0 },
    sheddable: { entries: [], emptyAt: 0 },
  };
  #size = 0;

  constructor(settings: CodelQueueSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#size;
  }

  /** Call `expire` first, so that waiters whose time is over leave first. */
  push(now: number, waiter: W): W | undefined {
    const evicted = this.#size < this.#settings.capacity ? undefined : this.#makeRoom(now, waiter);
    if (evicted === waiter) return waiter;
    const own = this.#classes[waiter.priority];
    if (own.entries.length === 0) own.emptyAt = now;
    const { targetMs, intervalMs } = this.#settings;
    const maxWaitMs =
      waiter.priority === 'critical' ? Infinity : this.#overloaded(own, now) ? targetMs : intervalMs;
    own.entries.push({ waiter, expires: Math.min(waiter.startBy, now + maxWaitMs) });
    this.#size += 1;
    return evicted;
  }

  take(now: number, mayStart: (priority: Priority) => boolean): W | undefined {
    const first = priorities.find((priority) => this.#classes[priority].entries.length > 0);
    if (first === undefined || !mayStart(first)) return undefined;
    const { entries } = this.#classes[first];
    const entry = this.#overloaded(this.#classes[first], now) ? entries.pop() : entries.shift();
    this.#size -= 1;
    return entry?.waiter;
  }

  expire(now: number): { readonly waiter: W; readonly reason: DropReason }[] {
    return priorities.flatMap((priority) => {
      const own = this.#classes[priority];
      const expired = own.entries.filter(({ expires }) => expires <= now);
      if (expired.length === 0) return [];
      own.entries = own.entries.filter(({ expires }) => expires > now);
      this.#size -= expired.length;
      return expired.map(({ waiter }) => ({
        waiter,
        reason: waiter.startBy <= now ? ('deadline-unreachable' as const) : ('timed-out' as const),
      }));
    });
  }

  nextExpiry(): number {
    return Math.min(
      ...priorities.flatMap((priority) => this.#classes[priority].entries.map(({ expires }) => expires)),
    );
  }

  remove(waiter: W): boolean {
    const own = this.#classes[waiter.priority];
    const left = own.entries.filter((entry) => entry.waiter !== waiter);
    const found = left.length < own.entries.length;
    own.entries = left;
    if (found) this.#size -= 1;
    return found;
  }

  #overloaded({ entries, emptyAt }: Class<W>, now: number): boolean {
    return entries.length > 0 && now - emptyAt > this.#settings.intervalMs;
  }

  /**
   * Removes the oldest waiter of a lower priority than `newcomer`. Without one, removes the oldest of an overloaded
   * priority, or returns `newcomer`.
   */
  #makeRoom(now: number, newcomer: W): W {
    const lowest = priorities.findLast((priority) => this.#classes[priority].entries.length > 0);
    if (lowest === undefined) return newcomer;
    const own = this.#classes[lowest];
    const below = priorities.indexOf(lowest) > priorities.indexOf(newcomer.priority);
    if (!below && !(lowest === newcomer.priority && this.#overloaded(own, now))) return newcomer;
    const oldest = own.entries.shift();
    this.#size -= 1;
    return oldest?.waiter ?? newcomer;
  }
}
