import type { Hurry } from './call.ts';

export interface TimedOutOptions {
  /** Present where the attempt had too little time for this to be the upstream's failure. */
  readonly hurried?: Hurry | undefined;
  /** What the upstream said, where it ran out of the time it was given before we did. */
  readonly cause?: unknown;
}

/** The attempt took longer than it may; the upstream might have acted all the same. */
export class AttemptTimedOut extends Error {
  override readonly name = 'AttemptTimedOut';
  readonly timeoutMs: number;
  readonly hurried: Hurry | undefined;

  constructor(timeoutMs: number, { hurried, ...options }: TimedOutOptions = {}) {
    super(`no answer within ${Math.round(timeoutMs)} ms`, options);
    this.timeoutMs = timeoutMs;
    this.hurried = hurried;
  }
}

/** There is no time left to try, or to try again. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** Whoever asked has left. `cause` is the reason of its signal. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Refused here, without asking the upstream: as many calls as allowed are under way or waiting. */
export class BulkheadFull extends Error {
  override readonly name = 'BulkheadFull';
  /** When it may be worth trying again, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('too many calls are under way');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Refused here, without asking the upstream: it fails too often. */
export class BreakerOpen extends Error {
  override readonly name = 'BreakerOpen';
  /** How long it stays refused, in milliseconds. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('the circuit breaker is open');
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether the call was refused here, so that it says nothing of the upstream and trying again at once is no use. */
export const isLocalRejection = (error: unknown): error is BulkheadFull | BreakerOpen =>
  error instanceof BulkheadFull || error instanceof BreakerOpen;
