import { Problem, type ProblemCode, problemBody } from '#libs/http';
import type { Classify } from './core/call.ts';
import { AttemptTimedOut, BreakerOpen, BulkheadFull, Cancelled, DeadlineExceeded } from './core/errors.ts';
import { parseRetryAfter } from './core/retry-after.ts';
import type { RetryVerdict } from './core/retry.ts';

type FailureCode = Extract<
  ProblemCode,
  'upstream-timeout' | 'upstream-unreachable' | 'upstream-bad-response' | 'unavailable'
>;

/** The upstream's own failure, as the problem that our client gets. What it was exactly is for the log: `cause`. */
export class UpstreamFailure extends Problem {
  /** Whether another attempt may go better, and when. */
  readonly verdict: RetryVerdict;

  constructor(code: FailureCode, detail: string, verdict: RetryVerdict, cause?: unknown) {
    const seconds = Math.ceil((verdict.retryAfterMs ?? 1000) / 1000);
    super(code, {
      detail,
      cause,
      ...(code === 'unavailable' && { headers: { 'retry-after': String(seconds) } }),
    });
    this.verdict = verdict;
  }
}

const RETRY: RetryVerdict = { retry: true };
const DO_NOT_RETRY: RetryVerdict = { retry: false };

/** What a call failed with before its answer was there. */
export function transportFailure(upstream: string, cause: unknown): UpstreamFailure {
  return codeOf(cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
    ? badResponse(upstream, 'the answer is larger than allowed', cause)
    : new UpstreamFailure('upstream-unreachable', `${upstream} cannot be reached`, RETRY, cause);
}

export interface ErrorAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

/**
 * What an answer with an error status means to our own client. A fault of the request is passed on where the caller
 * `expects` its code; 429 and 503 stay "try again later" and 504 too late; all else is the upstream answering badly.
 */
export function statusProblem(
  upstream: string,
  answer: ErrorAnswer,
  expects: readonly ProblemCode[],
): Problem {
  const { status } = answer;
  const told = problemBody.safeParse(parseJson(answer.text)).data;
  if (told && told.status < 500 && expects.includes(told.code)) {
    const { code, status: toldStatus, detail, errors } = told;
    return new Problem(code, {
      status: toldStatus,
      ...(detail !== undefined && { detail }),
      ...(errors && { errors }),
    });
  }
  const retryAfterMs =
    answer.retryAfter === undefined ? undefined : parseRetryAfter(answer.retryAfter, Date.now());
  const later = { retry: true, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const cause = new Error(`${upstream} answered ${status}${told ? `, ${told.code}` : ''}`);
  if (status === 503 || status === 429) {
    return new UpstreamFailure('unavailable', `${upstream} asks to try again later`, later, cause);
  }
  if (status === 504) {
    return new UpstreamFailure('upstream-timeout', `${upstream} did not answer in time`, RETRY, cause);
  }
  const passing = status >= 500 || status === 408 || status === 425;
  return new UpstreamFailure(
    'upstream-bad-response',
    `${upstream} answered badly`,
    passing ? later : DO_NOT_RETRY,
    cause,
  );
}

/** An answer that is not what the contract promises: it would not be so the next time either. */
export const badResponse = (upstream: string, why: string, cause?: unknown): UpstreamFailure =>
  new UpstreamFailure(
    'upstream-bad-response',
    `${upstream} answered badly`,
    DO_NOT_RETRY,
    new Error(`${upstream}: ${why}`, { cause }),
  );

/** What is the upstream's failure; all else is our own refusal, our caller's leaving, or our client's fault. */
export const classify: Classify = (error) =>
  error instanceof UpstreamFailure || error instanceof AttemptTimedOut ? 'failure' : 'ignored';

export function classifyRetry(error: unknown): RetryVerdict {
  if (error instanceof UpstreamFailure) return error.verdict;
  return error instanceof AttemptTimedOut ? RETRY : DO_NOT_RETRY;
}

/** The one exit of an upstream's errors: whatever the pipeline rejects with, as the problem that our client gets. */
export function toProblem(upstream: string, error: unknown): unknown {
  if (error instanceof AttemptTimedOut) {
    return new Problem('upstream-timeout', { detail: `${upstream} did not answer in time`, cause: error });
  }
  if (error instanceof DeadlineExceeded) return new Problem('deadline-exceeded', { cause: error });
  if (error instanceof BreakerOpen || error instanceof BulkheadFull) {
    return new Problem(error instanceof BreakerOpen ? 'breaker-open' : 'bulkhead-full', {
      detail: `${upstream} is not asked for now`,
      headers: { 'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))) },
      cause: error,
    });
  }
  // Whoever ended the request knows best why: its deadline is a problem of its own.
  if (error instanceof Cancelled && error.cause instanceof Problem) return error.cause;
  return error;
}

/** The parsed text, or `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's or undici's code of a failure, also where it is the cause of another. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
