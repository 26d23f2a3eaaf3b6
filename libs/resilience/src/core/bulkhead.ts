import {
  type Clock,
  ConcurrencyLimiter,
  createGradientLimit,
  fixedLimit,
  permitsFor,
  type Priority,
  type Sample,
  type Waiter,
} from '@film-store/core';
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
export type BulkheadSettings = Readonly<typeof BULKHEAD_DEFAULTS> & {
  /** Lets the limit follow the latency, with `concurrency` as its start and its ceiling. @default false */
  readonly adaptive?: boolean;
};

/** Lowest adaptive limit. It lets an upstream recover from any number of abandoned requests in its queue. */
const MIN_LIMIT = 4;

/**
 * Critical calls may use this multiple of the adaptive limit, up to the ceiling. They wait neither for a probe nor for
 * other calls, and a flood of critical calls alone is limited too.
 */
const CRITICAL_MULTIPLE = 2;

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
 * An adaptive limit follows the latency of attempts (`createGradientLimit`), between 4 and `concurrency`. It changes only
 * if a call has found no permit. So an upstream that meets its demand is never limited below its need, however its
 * latency changes. A limit far above the capacity of an upstream would fill the queue there, where no priority counts.
 *
 * `policy` rejects with `BulkheadFull` if the queue is full or the longest wait is over, with `DeadlineExceeded` if the
 * deadline passes in the queue, and with `Cancelled` if the caller leaves the queue. Otherwise it settles as the call
 * does.
 */
export function createBulkhead(settings: BulkheadSettings, { clock }: { readonly clock: Clock }) {
  const { concurrency, queue, queueTimeoutMs, adaptive = false } = settings;
  const limit = adaptive
    ? createGradientLimit({ initial: concurrency, min: Math.min(MIN_LIMIT, concurrency), max: concurrency })
    : fixedLimit(concurrency);
  const limiter = new ConcurrencyLimiter<WaitingCall>({
    capacity: (priority) =>
      priority === 'critical'
        ? Math.min(concurrency, limit.steady() * CRITICAL_MULTIPLE)
        : permitsFor(priority, limit.current(clock.now())),
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
  /** Set if a call has found no permit since the last sample. */
  let exhausted = false;

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

  function sample(now: number, rttMs: number, inFlight: number, outcome: Sample['outcome']): void {
    limit.sample(now, { rttMs, inFlight, outcome, exhausted });
    exhausted = false;
  }

  /** Creates the permit of one call. The call and its abandoned work hold it. */
  function createPermit(): Permit {
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
    return { release, holdUntil, inFlight: limiter.inFlight, sample };
  }

  const policy: Policy = (next) => async (context) => {
    const { priority = 'normal' } = context;
    if (!limiter.tryAcquire(priority)) {
      exhausted = true;
      const proceed = context.onWait?.();
      await waitForPermit(context, priority);
      proceed?.();
    }
    const permit = createPermit();
    const inside: PermitContext = { ...context, permit };
    try {
      return await next(inside);
    } finally {
      permit.release();
    }
  };
  /** Counts work that continues although its call has ended as `abandoned` and as `inFlight`. */
  const describe = () => ({ inFlight: limiter.inFlight, queued: limiter.queued, abandoned });
  const describeLimit = () => limit.describe(clock.now());
  return { policy, describe, describeLimit };
}

/**
 * Holds the permit of a call, if a bulkhead is around it, until `work` settles. Use it for work that may continue after
 * its call. It has no effect after the call has settled.
 */
export function holdPermitUntil(context: CallContext, work: Promise<unknown>): void {
  (context as PermitContext).permit?.holdUntil(work);
}

/**
 * Reports the latency of an attempt to the limit of the bulkhead around it, if there is one. `cut-short`: the upstream
 * would have taken `rttMs` or more. Errors and cancelled calls are not reported: a fast error is not a fast response.
 */
export function recordLatency(
  context: CallContext,
  outcome: Sample['outcome'],
  rttMs: number,
  now: number,
): void {
  const { permit } = context as PermitContext;
  permit?.sample(now, rttMs, permit.inFlight, outcome);
}

interface Permit {
  readonly release: () => void;
  readonly holdUntil: (work: Promise<unknown>) => void;
  /** Calls in flight when this one started, with itself. */
  readonly inFlight: number;
  readonly sample: (now: number, rttMs: number, inFlight: number, outcome: Sample['outcome']) => void;
}

/** The permit is a member of the context, so that changed copies of the context keep it. */
interface PermitContext extends CallContext {
  readonly permit?: Permit;
}

const cancelled = (signal: AbortSignal) =>
  new Cancelled('the caller left while waiting for a permit', { cause: signal.reason });
