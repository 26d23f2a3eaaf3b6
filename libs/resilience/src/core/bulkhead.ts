import { type Clock, ConcurrencyLimiter, placesFor, type Priority, type Waiter } from '@film-store/core';
import type { CallContext, Policy } from './call.ts';
import { BulkheadFull, Cancelled, DeadlineExceeded } from './errors.ts';
import { FifoQueue } from './fifo-queue.ts';

export interface BulkheadSettings {
  /** Calls that may run at the same time. From 1. */
  readonly concurrency: number;
  /** Calls that may wait for one of them to end. From 0. */
  readonly queue: number;
  /** Longest wait, in milliseconds. */
  readonly queueWaitMs: number;
}

export const BULKHEAD_DEFAULTS: BulkheadSettings = { concurrency: 64, queue: 32, queueWaitMs: 100 };

export interface BulkheadDeps {
  readonly clock: Clock;
}

export interface BulkheadDescription {
  /** Permits in flight, those of abandoned calls included. */
  readonly inFlight: number;
  readonly queued: number;
  /** Work that goes on although its call has ended. */
  readonly abandoned: number;
}

export interface Bulkhead {
  /**
   * Rejects with `BulkheadFull` if the queue is full or the longest wait is over, with `DeadlineExceeded` if the deadline
   * passes in the queue, with `Cancelled` if the caller leaves the queue; passes on all else as it is.
   */
  readonly policy: Policy;
  describe(): BulkheadDescription;
}

interface WaitingCall extends Waiter {
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Limits how many calls to one upstream run at a time. Each priority may fill its share of permits and queue, so that
 * critical calls find room when there are too many others.
 *
 * A permit stands for work and not for its caller: it is released when the call has settled and so has all the work
 * that `trackZombie` was given. Work that never settles keeps its permit for good, since it still takes what the permit
 * stands for; the transport has to end what is aborted.
 */
export function createBulkhead(settings: BulkheadSettings, { clock }: BulkheadDeps): Bulkhead {
  const { concurrency, queue, queueWaitMs } = settings;
  const capacity: Readonly<Record<Priority, number>> = {
    critical: placesFor('critical', concurrency),
    normal: placesFor('normal', concurrency),
    sheddable: placesFor('sheddable', concurrency),
  };
  const limiter = new ConcurrencyLimiter<WaitingCall>({
    capacity: (priority) => capacity[priority],
    queue: new FifoQueue({ capacity: queue, maxWaitMs: queueWaitMs }),
    clock,
    onAcquired: ({ start }) => start(),
    onDropped: ({ fail }, reason) =>
      fail(reason === 'deadline-unreachable' ? deadlineExceeded() : new BulkheadFull(queueWaitMs)),
  });
  let abandoned = 0;

  /** Resolves when the caller has a permit. */
  function wait({ signal, deadline }: CallContext, priority: Priority): Promise<void> {
    if (signal.aborted) return Promise.reject(cancelled(signal));
    return new Promise((resolve, reject) => {
      const end =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal.removeEventListener('abort', abort);
          settle(value);
        };
      const call: WaitingCall = { priority, startBy: deadline, start: end(resolve), fail: end(reject) };
      const abort = (): void => {
        limiter.cancel(call);
        call.fail(cancelled(signal));
      };
      signal.addEventListener('abort', abort);
      limiter.wait(call);
    });
  }

  /** Creates the permit of one call: held by the call itself and by the work it has abandoned. */
  function createPermit(): Permit {
    let holders = 1;
    const release = (): void => {
      holders -= 1;
      if (holders === 0) limiter.release();
    };
    return {
      release,
      keepFor(work) {
        if (holders === 0) return;
        holders += 1;
        abandoned += 1;
        const end = (): void => {
          abandoned -= 1;
          release();
        };
        work.then(end, end);
      },
    };
  }

  return {
    policy: (next) => async (context) => {
      const { priority = 'normal' } = context;
      if (!limiter.tryAcquire(priority)) {
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
    describe: () => ({ inFlight: limiter.inFlight, queued: limiter.queued, abandoned }),
  };
}

/**
 * Holds the permit of the call, if a bulkhead is around it, until `work` settles: `work` goes on although its call is
 * about to end. Call it before the call settles; later is too late.
 */
export function trackZombie(context: CallContext, work: Promise<unknown>): void {
  (context as PermitContext)[PERMIT]?.keepFor(work);
}

interface Permit {
  /** Call it once per holder. */
  release(): void;
  keepFor(work: Promise<unknown>): void;
}

/** A property, so that a policy that passes on a changed copy of the context passes on the permit too. */
const PERMIT = Symbol('permit');

interface PermitContext extends CallContext {
  readonly [PERMIT]?: Permit;
}

const cancelled = (signal: AbortSignal) =>
  new Cancelled('left while waiting for a permit', { cause: signal.reason });

const deadlineExceeded = () => new DeadlineExceeded('the deadline passed while waiting for a permit');
