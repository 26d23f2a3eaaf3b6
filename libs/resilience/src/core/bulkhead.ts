import { type Clock, placesFor, priorities, type Priority } from '@film-store/core';
import type { CallContext, Policy } from './call.ts';
import { BulkheadFull, Cancelled, DeadlineExceeded } from './errors.ts';

export interface BulkheadSettings {
  /** How many calls may be under way; from 1. */
  readonly concurrency: number;
  /** How many more may wait for one of them to end; from 0. */
  readonly queue: number;
  /** How long each of those waits at most, in milliseconds. */
  readonly queueWaitMs: number;
}

export const BULKHEAD_DEFAULTS: BulkheadSettings = { concurrency: 64, queue: 32, queueWaitMs: 100 };

export interface BulkheadDeps {
  readonly clock: Clock;
}

export interface BulkheadDescription {
  /** Permits taken, those of zombies included. */
  readonly inFlight: number;
  readonly queued: number;
  /** Work that goes on although its call has been answered. */
  readonly zombies: number;
}

export interface Bulkhead {
  /**
   * Rejects with `BulkheadFull` what finds the queue full or has waited its time, with `DeadlineExceeded` what its
   * deadline ends in the queue, with `Cancelled` what leaves the queue; passes on all else as it is.
   */
  readonly policy: Policy;
  describe(): BulkheadDescription;
}

/**
 * Bounds how much of us one upstream can tie up. Each priority may fill its share of permits and queue, so that what
 * is critical finds room when the rest are too many. A permit that comes back goes straight to the one who has waited
 * longest of the highest priority, before that one wakes, so that no newcomer gets in between.
 *
 * A permit stands for work and not for its caller: it comes back when the call has settled and so has all the work
 * that `trackZombie` was told of. Work that never settles keeps its permit for good, since it still takes what the
 * permit stands for; the transport has to end what is aborted.
 */
export function createBulkhead(settings: BulkheadSettings, deps: BulkheadDeps): Bulkhead {
  const { concurrency, queue, queueWaitMs } = settings;
  const { clock } = deps;
  const permits = placesByPriority(concurrency);
  const seats = placesByPriority(queue);
  /** In order of arrival. Nobody waits whose priority leaves a permit to them: a newcomer overtakes nobody. */
  const waiting: Readonly<Record<Priority, Set<() => void>>> = {
    critical: new Set(),
    normal: new Set(),
    sheddable: new Set(),
  };
  let queued = 0;
  let inFlight = 0;
  let zombies = 0;

  function giveBack(): void {
    inFlight -= 1;
    if (queued === 0) return;
    const first = priorities.find((priority) => waiting[priority].size > 0);
    if (first === undefined || inFlight >= permits[first]) return;
    inFlight += 1;
    const [start] = waiting[first];
    start?.();
  }

  /** Settles when the permit of somebody else has become the caller's. */
  function wait({ signal, deadline }: CallContext, priority: Priority): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled(signal));
    if (queued >= seats[priority]) return Promise.reject(new BulkheadFull(queueWaitMs));
    const leftMs = deadline - clock.now();
    if (leftMs <= 0) return Promise.reject(deadlineExceeded());
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting[priority].delete(start);
        queued -= 1;
        disarm();
        signal.removeEventListener('abort', abort);
      };
      const start = (): void => {
        leave();
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(cancelled(signal));
      };
      const disarm = clock.after(Math.min(queueWaitMs, leftMs), () => {
        leave();
        reject(leftMs < queueWaitMs ? deadlineExceeded() : new BulkheadFull(queueWaitMs));
      });
      signal.addEventListener('abort', abort);
      waiting[priority].add(start);
      queued += 1;
    });
  }

  /** The permit of one call: held by the call itself and by each zombie of it. */
  function createPermit(): Permit {
    let holders = 1;
    const release = (): void => {
      holders -= 1;
      if (holders === 0) giveBack();
    };
    return {
      release,
      keepFor(work) {
        if (holders === 0) return;
        holders += 1;
        zombies += 1;
        const end = (): void => {
          zombies -= 1;
          release();
        };
        work.then(end, end);
      },
    };
  }

  return {
    policy: (next) => async (context) => {
      const { priority = 'normal' } = context;
      if (inFlight < permits[priority]) inFlight += 1;
      else {
        const proceed = context.onWait?.();
        await wait(context, priority);
        proceed?.();
      }
      const permit = createPermit();
      const inside: PermitContext = { ...context, [PERMIT]: permit };
      try {
        return await next(inside);
      } finally {
        permit.release();
      }
    },
    describe: () => ({ inFlight, queued, zombies }),
  };
}

/**
 * Says that `work` goes on although its call is about to be answered, so that the bulkhead around the call, if there
 * is one, waits for it before it lets another in. To be called before the call settles; later is too late.
 */
export function trackZombie(context: CallContext, work: Promise<unknown>): void {
  (context as PermitContext)[PERMIT]?.keepFor(work);
}

interface Permit {
  /** Once per holder. */
  release(): void;
  keepFor(work: Promise<unknown>): void;
}

/** A symbol's property, so that a policy that passes a changed copy of the context on passes the permit on too. */
const PERMIT = Symbol('permit');

interface PermitContext extends CallContext {
  readonly [PERMIT]?: Permit;
}

const placesByPriority = (places: number): Readonly<Record<Priority, number>> => ({
  critical: placesFor('critical', places),
  normal: placesFor('normal', places),
  sheddable: placesFor('sheddable', places),
});

const cancelled = (signal: AbortSignal) =>
  new Cancelled('left while waiting for a permit', { cause: signal.reason });

const deadlineExceeded = () => new DeadlineExceeded('the deadline passed while waiting for a permit');
