import type { ShortenedBy } from './call.ts';

/**
 * Reports an attempt that took longer than its timeout. The upstream may have acted nevertheless. `cause` is the
 * response of an upstream that reported the timeout itself.
 */
export class AttemptTimedOut extends Error {
  override readonly name = 'AttemptTimedOut';
  readonly shortenedBy: ShortenedBy | undefined;

  constructor(
    timeoutMs: number,
    { shortenedBy, ...options }: { shortenedBy?: ShortenedBy | undefined; cause?: unknown } = {},
  ) {
    super(`no response within ${Math.round(timeoutMs)} ms`, options);
    this.shortenedBy = shortenedBy;
  }
}

/** Reports that too little time is left for an attempt. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** Reports that the caller has left. `cause` is the reason of its signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Reports a call that was rejected in this process, without a request to the upstream. */
class LocalRejection extends Error {
  /** Time after which another call may succeed, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

export class BulkheadFull extends LocalRejection {
  override readonly name = 'BulkheadFull';

  constructor(retryAfterMs: number) {
    super('too many concurrent calls', retryAfterMs);
  }
}

export class BreakerOpen extends LocalRejection {
  override readonly name = 'BreakerOpen';

  constructor(retryAfterMs: number) {
    super('the circuit breaker is open', retryAfterMs);
  }
}

export const isLocalRejection = (error: unknown): boolean => error instanceof LocalRejection;
