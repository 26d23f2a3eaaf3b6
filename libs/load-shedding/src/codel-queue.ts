import { type DropReason, type Priority, type WaitQueue, type Waiter, priorities } from '@film-store/core';

export interface CodelQueueSettings {
  /** Waiters in all. From 0. */
  readonly capacity: number;
  /** Longest wait while the waiter's priority is overloaded, in milliseconds. */
  readonly targetMs: number;
  /** Longest wait otherwise, in milliseconds. A priority that has had waiters for longer is overloaded. */
  readonly intervalMs: number;
}

/** The waiters of one priority, oldest first. */
interface PriorityQueue<W extends Waiter> {
  entries: { readonly waiter: W; readonly expires: number }[];
  /** Time at which it was last empty. */
  emptyAt: number;
  /** Set if the newest waiter was taken last. */
  tookNewest: boolean;
}

/**
 * A short queue under controlled delay, as B. Maurer describes it in "Fail at Scale" (ACM Queue 13/8, 2015). A burst
 * may wait for the interval and is served in order of arrival. A priority that has had waiters for longer than that is
 * overloaded: new waiters wait for the target only, and the newest is served first, because its client is the most
 * likely to be still connected.
 *
 * - A priority is served only while no higher one has waiters, and evicted before a higher one is.
 * - `critical` has no target: its waiters stay until their deadline is unreachable, a newer one evicts them, or they
 *   are served. In an overload every second permit goes to the oldest of them, so that a steady stream of newer ones
 *   cannot keep it waiting until its deadline.
 */
export class CodelQueue<W extends Waiter> implements WaitQueue<W> {
  readonly #settings: CodelQueueSettings;
  readonly #queues: Readonly<Record<Priority, PriorityQueue<W>>> = {
    critical: { entries: [], emptyAt: 0, tookNewest: false },
    normal: { entries: [], emptyAt: 0, tookNewest: false },
    sheddable: { entries: [], emptyAt: 0, tookNewest: false },
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
    const { capacity, targetMs, intervalMs } = this.#settings;
    const evicted = this.#size < capacity ? undefined : this.#evictFor(now, waiter);
    if (evicted === waiter) return waiter;
    const { priority, startBy } = waiter;
    const queue = this.#queues[priority];
    if (queue.entries.length === 0) queue.emptyAt = now;
    const maxWaitMs = this.#isOverloaded(queue, now) ? targetMs : intervalMs;
    const expires = priority === 'critical' ? startBy : Math.min(startBy, now + maxWaitMs);
    queue.entries.push({ waiter, expires });
    this.#size += 1;
    return evicted;
  }

  take(now: number, mayStart: (priority: Priority) => boolean): W | undefined {
    const highest = priorities.find((priority) => this.#queues[priority].entries.length > 0);
    if (highest === undefined || !mayStart(highest)) return undefined;
    const queue = this.#queues[highest];
    const isOldestDue = highest === 'critical' && queue.tookNewest;
    queue.tookNewest = this.#isOverloaded(queue, now) && !isOldestDue;
    const entry = queue.tookNewest ? queue.entries.pop() : queue.entries.shift();
    this.#size -= 1;
    return entry?.waiter;
  }

  expire(now: number): { readonly waiter: W; readonly reason: DropReason }[] {
    return priorities.flatMap((priority) =>
      this.#remove(priority, ({ expires }) => expires <= now).map(({ waiter }) => ({
        waiter,
        reason: waiter.startBy <= now ? ('deadline-unreachable' as const) : ('timed-out' as const),
      })),
    );
  }

  nextExpiry(): number {
    return Math.min(
      ...priorities.flatMap((priority) => this.#queues[priority].entries.map(({ expires }) => expires)),
    );
  }

  remove(waiter: W): boolean {
    return this.#remove(waiter.priority, (entry) => entry.waiter === waiter).length > 0;
  }

  #remove(priority: Priority, isRemoved: (entry: PriorityQueue<W>['entries'][number]) => boolean) {
    const queue = this.#queues[priority];
    const removed = queue.entries.filter(isRemoved);
    if (removed.length > 0) queue.entries = queue.entries.filter((entry) => !isRemoved(entry));
    this.#size -= removed.length;
    return removed;
  }

  #isOverloaded({ entries, emptyAt }: PriorityQueue<W>, now: number): boolean {
    return entries.length > 0 && now - emptyAt > this.#settings.intervalMs;
  }

  /**
   * Removes the oldest waiter of a lower priority than `newcomer`. Without one, removes the oldest of an overloaded
   * priority, or returns `newcomer`.
   */
  #evictFor(now: number, newcomer: W): W {
    const lowest = priorities.findLast((priority) => this.#queues[priority].entries.length > 0);
    if (lowest === undefined) return newcomer;
    const queue = this.#queues[lowest];
    const isLower = priorities.indexOf(lowest) > priorities.indexOf(newcomer.priority);
    if (!isLower && !(lowest === newcomer.priority && this.#isOverloaded(queue, now))) return newcomer;
    const oldest = queue.entries.shift();
    this.#size -= 1;
    return oldest?.waiter ?? newcomer;
  }
}
