import { type Clock, ConcurrencyLimiter, permitsFor, type Priority, type Waiter } from '@film-store/core';
import type { CallContext, Policy } from './call.ts';
import { BulkheadFull, Cancelled, DeadlineExceeded } from './errors.ts';
import { FifoQueue } from './fifo-queue.ts';

export const BULKHEAD_DEFAULTS = {
  /** Calls that may run at the same time. From 1. */
  concurrency: 64,
  /** Calls that may wait for a permit. From 0. */
  queue: 32,
  /** Longest wait, in milliseconds. */
  queueTimeoutMs: 100,
};
export type BulkheadSettings = Readonly<typeof BULKHEAD_DEFAULTS>;

interface WaitingCall extends Waiter {
  readonly start: () => void;
  readonly fail: (error: Error) => void;
}

/**
 * Limits how many calls to one upstream run at a time. Each priority may fill a part of the permits and of the queue,
 * so that other calls leave room for critical ones.
 *
 * A permit stands for the work and not for its caller. It is released when the call has settled and all work given to
 * `holdPermitUntil` has settled. Work that never settles keeps its permit, because it still uses what the permit
 * limits. So the transport has to end aborted work.
 *
 * `policy` rejects with `BulkheadFull` if the queue is full or the longest wait is over, with `DeadlineExceeded` if the
 * deadline passes in the queue, and with `Cancelled` if the caller leaves the queue. Otherwise it settles as the call
 * does.
 */
export function createBulkhead(settings: BulkheadSettings, { clock }: { readonly clock: Clock }) {
  const { concurrency, queue, queueTimeoutMs } = settings;
  const limiter = new ConcurrencyLimiter<WaitingCall>({
    capacity: (priority) => permitsFor(priority, concurrency),
    queue: new FifoQueue(queue, queueTimeoutMs),
    clock,
    onAcquired: ({ start }) => start(),
    onDropped: ({ fail }, reason) =>
      fail(
        reason === 'deadline-unreachable'
          ? new DeadlineExceeded('the deadline passed while waiting for a permit')
          : new BulkheadFull(queueTimeoutMs),
      ),
  });
  let abandoned = 0;

  async function waitForPermit({ signal, deadline }: CallContext, priority: Priority): Promise<void> {
    if (signal.aborted) throw cancelled(signal);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call: WaitingCall = { priority, startBy: deadline, start: resolve, fail: reject };
    const abort = (): void => {
      limiter.cancel(call);
      reject(cancelled(signal));
    };
    signal.addEventListener('abort', abort);
    limiter.wait(call);
    await promise.finally(() => signal.removeEventListener('abort', abort));
  }

  /** Creates the permit of one call. The call and its abandoned work hold it. */
  function createPermit() {
    let holders = 1;
    const release = (): void => {
      holders -= 1;
      if (holders === 0) limiter.release();
    };
    const holdUntil = (work: Promise<unknown>): void => {
      if (holders === 0) return;
      holders += 1;
      abandoned += 1;
      const end = (): void => {
        abandoned -= 1;
        release();
      };
      work.then(end, end);
    };
    return { release, holdUntil };
  }

  const policy: Policy = (next) => async (context) => {
    const { priority = 'normal' } = context;
    if (!limiter.tryAcquire(priority)) {
      const proceed = context.onWait?.();
      await waitForPermit(context, priority);
      proceed?.();
    }
    const permit = createPermit();
    const inside: PermitContext = { ...context, [HOLD_PERMIT]: permit.holdUntil };
    try {
      return await next(inside);
    } finally {
      permit.release();
    }
  };
  /** Counts work that continues although its call has ended as `abandoned` and as `inFlight`. */
  const describe = () => ({ inFlight: limiter.inFlight, queued: limiter.queued, abandoned });
  return { policy, describe };
}

/**
 * Holds the permit of a call, if a bulkhead is around it, until `work` settles. Use it for work that may continue after
 * its call. It has no effect after the call has settled.
 */
export function holdPermitUntil(context: CallContext, work: Promise<unknown>): void {
  (context as PermitContext)[HOLD_PERMIT]?.(work);
}

/** A property of the context, so that changed copies of the context keep the permit. */
const HOLD_PERMIT = Symbol('hold permit');

interface PermitContext extends CallContext {
  readonly [HOLD_PERMIT]?: (work: Promise<unknown>) => void;
}

const cancelled = (signal: AbortSignal) =>
  new Cancelled('the caller left while waiting for a permit', { cause: signal.reason });
