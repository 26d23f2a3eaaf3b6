import { HttpException } from '@nestjs/common';
import { Problem, type ProblemCode } from '@film-store/problem';

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

/** The status that timeout interceptors throw: the work that they gave up may have taken effect. */
const TIMED_OUT = 408;

/**
 * The fate of what a handler threw. A handler says by the code of its `Problem`, or by the status of its
 * `HttpException`, what it knows; of anything else that is thrown nothing is known. Whoever calls more than once must
 * not throw a refusal after a call that was sent. `deadline-exceeded` is unknown too: the time may have run out after
 * the call was sent.
 */
export function fateOf(error: unknown): Fate {
  if (error instanceof Problem) return fateOfProblem(error);
  return error instanceof HttpException ? fateOfStatus(error.getStatus()) : 'unknown';
}

function fateOfProblem(problem: Problem): Fate {
  const { code, status } = problem;
  if (problem instanceof Refusal || REFUSALS.has(code)) return 'refused';
  // Whoever asks to try again has not given a final answer.
  return code === 'operation-in-progress' || code === 'outcome-unknown' ? 'unknown' : fateOfStatus(status);
}

function fateOfStatus(status: number): Fate {
  if (REFUSED_STATUSES.has(status)) return 'refused';
  return status >= 400 && status < 500 && status !== TIMED_OUT ? 'final' : 'unknown';
}
