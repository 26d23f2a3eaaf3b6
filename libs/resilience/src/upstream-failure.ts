import { Problem, type ProblemCode, problemBody } from '@film-store/problem';
import { type HttpExchange, parseRetryAfter, retryAfter } from '@film-store/core';
import type { Classify } from './core/call.ts';
import { AttemptTimedOut, BreakerOpen, BulkheadFull, Cancelled, DeadlineExceeded } from './core/errors.ts';
import type { RetryVerdict } from './core/retry.ts';

type FailureCode = Extract<
  ProblemCode,
  'upstream-timeout' | 'upstream-unreachable' | 'upstream-bad-response' | 'unavailable' | 'overloaded'
>;

interface Verdict extends RetryVerdict {
  /** What it says of the upstream. */
  readonly outcome: ReturnType<Classify>;
}

/** A call that came to nothing, as the problem that our client gets. What it was exactly is for the log: `cause`. */
export class UpstreamFailure extends Problem {
  readonly verdict: Verdict;

  constructor(code: FailureCode, detail: string, verdict: Verdict, cause?: unknown) {
    const later = code === 'unavailable' || code === 'overloaded';
    super(code, { detail, cause, ...(later && { headers: retryAfter(verdict.retryAfterMs ?? 0) }) });
    this.verdict = verdict;
  }
}

const RETRY: Verdict = { retry: true, outcome: 'failure' };
/** The upstream ran out of the time that it was given. */
const TOO_LATE: Verdict = { retry: true, outcome: 'timeout' };
const DO_NOT_RETRY: Verdict = { retry: false, outcome: 'failure' };
/** The upstream is well, and what it was asked is not. */
const OUR_FAULT: Verdict = { retry: false, outcome: 'ignored' };
/** The upstream is well, and says that it cannot do more. */
const SHED: Verdict = { retry: true, refused: true, outcome: 'ignored' };

/** What a call failed with before its answer was there. */
export function transportFailure(upstream: string, cause: unknown): UpstreamFailure {
  return toErrorCode(cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
    ? badResponse(upstream, 'the answer is larger than allowed', cause)
    : new UpstreamFailure('upstream-unreachable', `${upstream} cannot be reached`, RETRY, cause);
}

/** Holds a response with an error status. The response is private so that no log of the error shows its body. */
export class ErrorResponse extends Error {
  override readonly name = 'ErrorResponse';
  readonly #response: HttpExchange | undefined;

  constructor(message: string, response: HttpExchange | undefined) {
    super(message);
    this.#response = response;
  }

  get response(): HttpExchange | undefined {
    return this.#response;
  }
}

/** Returns the response that a problem stands for; `undefined` where there was none. */
export function toErrorResponse(error: unknown): HttpExchange | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.cause instanceof ErrorResponse ? error.cause.response : undefined;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
  /** The whole response, for callers that are to get it as it is. */
  readonly response?: HttpExchange;
}

/**
 * What an answer with an error status means to our own client. A fault of the request is passed on where the caller
 * `expects` its code; 429 and 503 stay "try again later" and 504 too late; all else is the upstream answering badly.
 * Only some of them say that the upstream is not well:
 *
 * | answer | code | outcome | another attempt |
 * |---|---|---|---|
 * | 429; 503 `overloaded` | `overloaded` | ignored: it lives, and does what it can | after `Retry-After` |
 * | another 503 | `unavailable` | failure | after `Retry-After` |
 * | 504 | `upstream-timeout` | as our own timeout: ignored where too little time was given | yes |
 * | another 5xx, 408, 425 | `upstream-bad-response` | failure | after `Retry-After` |
 * | another 4xx | what is expected, or `upstream-bad-response` | ignored: the fault is the request's | no |
 */
export function statusProblem(
  upstream: string,
  { status, text, retryAfter: wanted, response }: ErrorAnswer,
  expects: readonly ProblemCode[],
): Problem {
  const told = problemBody.safeParse(parseJson(text)).data;
  if (told && told.status < 500 && expects.includes(told.code)) {
    const { code, status: toldStatus, detail, errors } = told;
    return new Problem(code, {
      status: toldStatus,
      ...(detail !== undefined && { detail }),
      ...(errors && { errors }),
    });
  }
  const retryAfterMs = wanted === undefined ? undefined : parseRetryAfter(wanted, Date.now());
  const later = retryAfterMs !== undefined && { retryAfterMs };
  const cause = new ErrorResponse(`${upstream} answered ${status}${told ? `, ${told.code}` : ''}`, response);
  if (status === 429 || (status === 503 && told?.code === 'overloaded')) {
    return new UpstreamFailure('overloaded', `${upstream} has too much to do`, { ...SHED, ...later }, cause);
  }
  if (status === 503) {
    const verdict = { ...RETRY, ...later };
    return new UpstreamFailure('unavailable', `${upstream} asks to try again later`, verdict, cause);
  }
  if (status === 504) {
    return new UpstreamFailure('upstream-timeout', `${upstream} did not answer in time`, TOO_LATE, cause);
  }
  const passing = status >= 500 || status === 408 || status === 425;
  const verdict = passing ? { ...RETRY, ...later } : OUR_FAULT;
  return new UpstreamFailure('upstream-bad-response', `${upstream} sent an invalid response`, verdict, cause);
}

/** An answer that is not what the contract promises: it would not be so the next time either. */
export const badResponse = (upstream: string, why: string, cause?: unknown): UpstreamFailure =>
  new UpstreamFailure(
    'upstream-bad-response',
    `${upstream} sent an invalid response`,
    DO_NOT_RETRY,
    new Error(`${upstream}: ${why}`, { cause }),
  );

/** What is the upstream's failure; all else is a refusal, our caller's leaving, or the request's fault. */
export function classify(error: unknown): ReturnType<Classify> {
  if (error instanceof UpstreamFailure) return error.verdict.outcome;
  return error instanceof AttemptTimedOut ? 'timeout' : 'ignored';
}

export function classifyRetry(error: unknown): RetryVerdict {
  if (error instanceof UpstreamFailure) return error.verdict;
  return error instanceof AttemptTimedOut ? RETRY : DO_NOT_RETRY;
}

/** The one exit of an upstream's errors: whatever the pipeline rejects with, as the problem that our client gets. */
export function toProblem(upstream: string, error: unknown): unknown {
  if (error instanceof AttemptTimedOut) {
    // An upstream that said so itself said it better.
    if (error.cause !== undefined) return error.cause;
    return new Problem('upstream-timeout', { detail: `${upstream} did not answer in time`, cause: error });
  }
  if (error instanceof DeadlineExceeded) return new Problem('deadline-exceeded', { cause: error });
  if (error instanceof BreakerOpen || error instanceof BulkheadFull) {
    return new Problem(error instanceof BreakerOpen ? 'breaker-open' : 'bulkhead-full', {
      detail: `the circuit breaker of ${upstream} is open`,
      headers: retryAfter(error.retryAfterMs),
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
export function toErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return toErrorCode(error.cause);
}
