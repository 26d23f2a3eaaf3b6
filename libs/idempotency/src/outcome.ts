import { HttpException } from '@nestjs/common';
import { Problem, type ProblemCode } from '@film-store/problem';

/**
 * The result of one attempt:
 * - `final`: the request was executed. Its response is replayed.
 * - `not-executed`: the request had no effect. Its key is free again.
 * - `unknown`: the request may have had an effect. Its next attempt runs with the same derived key.
 */
export type Outcome = 'final' | 'not-executed' | 'unknown';

/** A problem of any code that states that the request had no effect. */
export class NotExecuted extends Problem {}

/** Codes of requests without effect: the request was not valid, or the upstream was not called. */
const NOT_EXECUTED_CODES = new Set<ProblemCode>([
  'validation-failed',
  'idempotency-key-missing',
  'idempotency-key-invalid',
  'idempotency-key-reused',
  'overloaded',
  'breaker-open',
  'bulkhead-full',
]);

/** Codes of an upstream whose response is not final. */
const UNKNOWN_CODES = new Set<ProblemCode>(['operation-in-progress', 'outcome-unknown']);

/** Statuses that come before any effect. */
const NOT_EXECUTED_STATUSES = new Set([401, 403, 413, 415, 429]);

/** Timeout interceptors throw it. The work that they abandon may have an effect. */
const REQUEST_TIMEOUT = 408;

/**
 * Returns the outcome of an attempt whose handler threw. The code of a `Problem`, or the status of an `HttpException`,
 * decides. Any other error has the outcome `unknown`. A handler that sends several calls must not throw a
 * `not-executed` error after the first one.
 */
export function toOutcome(error: unknown): Outcome {
  if (error instanceof HttpException) return toStatusOutcome(error.getStatus());
  if (!(error instanceof Problem)) return 'unknown';
  if (error instanceof NotExecuted || NOT_EXECUTED_CODES.has(error.code)) return 'not-executed';
  return UNKNOWN_CODES.has(error.code) ? 'unknown' : toStatusOutcome(error.status);
}

function toStatusOutcome(status: number): Outcome {
  if (NOT_EXECUTED_STATUSES.has(status)) return 'not-executed';
  return status >= 400 && status < 500 && status !== REQUEST_TIMEOUT ? 'final' : 'unknown';
}
