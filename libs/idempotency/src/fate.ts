import { Problem, type ProblemCode } from '#libs/http';

/**
 * What an attempt that failed came to: `final`, the request was carried out and this is its answer, now and for every
 * replay; `refused`, it was turned away before anything could have been done; `unknown`, it may have taken effect.
 */
export type Fate = 'final' | 'refused' | 'unknown';

/** A problem that says that nothing was done where its code alone does not. */
export class Refusal extends Problem {}

/** Problems that say that nothing was done: the request was not valid, or we did not ask who would have done it. */
const REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'validation-failed',
  'idempotency-key-missing',
  'idempotency-key-invalid',
  'idempotency-key-reused',
  'overloaded',
  'breaker-open',
  'bulkhead-full',
]);

/** Not allowed, too large, of a wrong type, too often: about the request or its sender, whatever the code. */
const REFUSED_STATUSES: ReadonlySet<number> = new Set([401, 403, 413, 415, 429]);

/**
 * The fate of what a handler threw. A handler says by the code of its `Problem` what it knows; of anything else that
 * is thrown nothing is known. Whoever calls more than once must not throw a refusal after a call that was sent.
 * `deadline-exceeded` is unknown too: the time may have run out after the call was sent.
 */
export function fateOf(error: unknown): Fate {
  if (!(error instanceof Problem)) return 'unknown';
  const { code, status } = error;
  if (error instanceof Refusal || REFUSALS.has(code) || REFUSED_STATUSES.has(status)) return 'refused';
  // Whoever asks to try again has not given a final answer.
  return status >= 500 || code === 'operation-in-progress' || code === 'outcome-unknown'
    ? 'unknown'
    : 'final';
}
