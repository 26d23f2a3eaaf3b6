import { type Priority, priorities } from '@film-store/core';

export interface CodelQueueSettings {
  /** How many may wait in all; from 0. */
  readonly capacity: number;
  /** How long one waits at most while its class is overloaded, in milliseconds. */
  readonly targetMs: number;
  /** How long one waits at most otherwise; a class that has not been empty for as long is overloaded. */
  readonly intervalMs: number;
}

export interface Waiter {
  readonly priority: Priority;
  /** After this time on the clock it is no use to start: its deadline would pass. `Infinity`: never. */
  readonly startBy: number;
}

/** Why a waiter leaves without its turn: it waited its time, others need its place, or it is too late for it. */
export type Dropped = 'waited' | 'displaced' | 'doomed';

interface Entry<W extends Waiter> {
  readonly waiter: W;
  readonly expires: number;
}

/** Those of one priority, oldest first. */
interface Class<W extends Waiter> {
  entries: Entry<W>[];
  /** When it was last empty. */
  emptyAt: number;
}

/**
 * A short queue under controlled delay, as B. Maurer describes it in "Fail at Scale" (ACM Queue 13/8, 2015): a burst
 * may wait up to the interval and is served in order of arrival. A class whose queue has not been empty for that long
 * has no burst but an overload: newcomers wait for the target only, and the newest is served first, since its client
 * is the likeliest to be there still.
 *
 * - A class is served only when nobody waits in one above it, and displaced before one above it is refused.
 * - `critical` knows no target: its waiters stay until they are doomed, displaced by a newer one, or served.
 *
 * Data only: it runs no timer. Call `expire` at `nextExpiry`. `now` is in milliseconds and never goes back.
 */
export class CodelQueue<W extends Waiter> {
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

  /** Lets `waiter` wait; who has to go for it, which may be itself. Call `expire` first: the doomed leave first. */
  push(now: number, waiter: W): W | undefined {
    const dropped = this.#size < this.#settings.capacity ? undefined : this.#makeRoom(now, waiter);
    if (dropped === waiter) return waiter;
    const own = this.#classes[waiter.priority];
    if (own.entries.length === 0) own.emptyAt = now;
    const { targetMs, intervalMs } = this.#settings;
    const patienceMs =
      waiter.priority === 'critical' ? Infinity : this.#overloaded(own, now) ? targetMs : intervalMs;
    own.entries.push({ waiter, expires: Math.min(waiter.startBy, now + patienceMs) });
    this.#size += 1;
    return dropped;
  }

  /** The next to be served, if those of its priority `mayEnter`; where they may not, nobody below them may. */
  take(now: number, mayEnter: (priority: Priority) => boolean): W | undefined {
    const first = priorities.find((priority) => this.#classes[priority].entries.length > 0);
    if (first === undefined || !mayEnter(first)) return undefined;
    const { entries } = this.#classes[first];
    const entry = this.#overloaded(this.#classes[first], now) ? entries.pop() : entries.shift();
    this.#size -= 1;
    return entry?.waiter;
  }

  /** Removes and returns those who may wait no longer. */
  expire(now: number): { readonly waiter: W; readonly why: Dropped }[] {
    return priorities.flatMap((priority) => {
      const own = this.#classes[priority];
      const expired = own.entries.filter(({ expires }) => expires <= now);
      if (expired.length === 0) return [];
      own.entries = own.entries.filter(({ expires }) => expires > now);
      this.#size -= expired.length;
      return expired.map(({ waiter }) => ({
        waiter,
        why: waiter.startBy <= now ? ('doomed' as const) : ('waited' as const),
      }));
    });
  }

  /** When the first of them may wait no longer; `Infinity` where none has to leave. */
  nextExpiry(): number {
    return Math.min(
      ...priorities.flatMap((priority) => this.#classes[priority].entries.map(({ expires }) => expires)),
    );
  }

  /** Lets one go that does not want to wait any longer; whether it was there. */
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

  /** Who goes, of a full queue and a newcomer: the oldest below it; among its own, the oldest or, in good times, itself. */
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
