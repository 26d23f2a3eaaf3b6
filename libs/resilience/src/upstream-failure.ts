import { type HttpExchange, parseRetryAfter, retryAfter } from '@film-store/core';
import { Problem, type ProblemCode, problemBody } from '@film-store/problem';
import type { Classify } from './core/call.ts';
import { AttemptTimedOut, BreakerOpen, BulkheadFull, Cancelled, DeadlineExceeded } from './core/errors.ts';
import type { RetryClassification } from './core/retry.ts';

type FailureCode =
  'upstream-timeout' | 'upstream-unreachable' | 'upstream-bad-response' | 'unavailable' | 'overloaded';

interface FailureClassification extends RetryClassification {
  readonly outcome: ReturnType<Classify>;
}

/** Reports a failed call as the problem that the client of this service gets. `cause` has the details for the log. */
export class UpstreamFailure extends Problem {
  readonly classification: FailureClassification;

  constructor(code: FailureCode, detail: string, classification: FailureClassification, cause?: unknown) {
    const retryLater = code === 'unavailable' || code === 'overloaded';
    const headers = retryLater && { headers: retryAfter(classification.retryAfterMs ?? 0) };
    super(code, { detail, cause, ...headers });
    this.classification = classification;
  }
}

const RETRY: FailureClassification = { retry: true, outcome: 'failure' };
const DO_NOT_RETRY: FailureClassification = { retry: false, outcome: 'failure' };
const TIMED_OUT: FailureClassification = { retry: true, outcome: 'timeout' };
const INVALID_REQUEST: FailureClassification = { retry: false, outcome: 'ignored' };
const SHED: FailureClassification = { retry: true, notExecuted: true, outcome: 'ignored' };

/** Returns the failure of a call that got no complete response. */
export function transportFailure(upstream: string, cause: unknown): UpstreamFailure {
  return toErrorCode(cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
    ? badResponse(upstream, 'the response exceeds the maximum size', cause)
    : new UpstreamFailure('upstream-unreachable', `${upstream} is unreachable`, RETRY, cause);
}

/** Holds a response with an error status. The response is private, so that no log of the error shows its body. */
export class ErrorResponse extends Error {
  override readonly name = 'ErrorResponse';
  readonly #response: HttpExchange;

  constructor(message: string, response: HttpExchange) {
    super(message);
    this.#response = response;
  }

  get response(): HttpExchange {
    return this.#response;
  }
}

/** Returns the response from which a problem was made; `undefined` without one. */
export function toErrorResponse(error: unknown): HttpExchange | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.cause instanceof ErrorResponse ? error.cause.response : undefined;
}

/**
 * Returns the problem for a response with an error status. A 4xx problem whose code is in `passThroughProblems` is
 * passed on as it is.
 *
 * | response | code | outcome | retry |
 * |---|---|---|---|
 * | 429; 503 `overloaded` | `overloaded` | ignored: the upstream works at its limit | after `Retry-After` |
 * | another 503 | `unavailable` | failure | after `Retry-After` |
 * | 504 | `upstream-timeout` | like a timeout of this service | yes |
 * | another 5xx, 408, 425 | `upstream-bad-response` | failure | after `Retry-After` |
 * | another 4xx | passed on, or `upstream-bad-response` | ignored: the request is invalid | no |
 */
export function statusProblem(
  upstream: string,
  response: HttpExchange,
  passThroughProblems: readonly ProblemCode[],
): Problem {
  const { status, data, headers } = response;
  const body = problemBody.safeParse(parseJson(data)).data;
  if (body && body.status < 500 && passThroughProblems.includes(body.code)) {
    const { detail, errors } = body;
    return new Problem(body.code, { status: body.status, detail, errors });
  }
  const code = body ? `, ${body.code}` : '';
  const cause = new ErrorResponse(`${upstream} responded with ${status}${code}`, response);
  const retryAfterMs = parseRetryAfter(headers['retry-after'] ?? '', Date.now());
  const later = retryAfterMs !== undefined && { retryAfterMs };
  if (status === 429 || (status === 503 && body?.code === 'overloaded'))
    return new UpstreamFailure('overloaded', `${upstream} is overloaded`, { ...SHED, ...later }, cause);
  if (status === 503)
    return new UpstreamFailure('unavailable', `${upstream} is unavailable`, { ...RETRY, ...later }, cause);
  if (status === 504)
    return new UpstreamFailure('upstream-timeout', timeoutDetail(upstream), TIMED_OUT, cause);
  const isTransient = status >= 500 || status === 408 || status === 425;
  const classification = isTransient ? { ...RETRY, ...later } : INVALID_REQUEST;
  return new UpstreamFailure('upstream-bad-response', invalidDetail(upstream), classification, cause);
}

const timeoutDetail = (upstream: string): string => `${upstream} did not respond in time`;
const invalidDetail = (upstream: string): string => `${upstream} sent an invalid response`;

/** Returns the failure for a response that breaks the contract. A retry would get the same response. */
export function badResponse(upstream: string, message: string, cause?: unknown): UpstreamFailure {
  const error = new Error(`${upstream}: ${message}`, { cause });
  return new UpstreamFailure('upstream-bad-response', invalidDetail(upstream), DO_NOT_RETRY, error);
}

/** Classifies local rejections, callers that left and invalid requests as `ignored`. */
export function classify(error: unknown): ReturnType<Classify> {
  if (error instanceof UpstreamFailure) return error.classification.outcome;
  return error instanceof AttemptTimedOut ? 'timeout' : 'ignored';
}

export function classifyRetry(error: unknown): RetryClassification {
  if (error instanceof UpstreamFailure) return error.classification;
  return error instanceof AttemptTimedOut ? RETRY : DO_NOT_RETRY;
}

/** Converts every error of the pipeline to the problem that the client of this service gets. */
export function toProblem(upstream: string, error: unknown): unknown {
  if (error instanceof AttemptTimedOut) {
    // A timeout that the upstream reported itself.
    if (error.cause !== undefined) return error.cause;
    return new Problem('upstream-timeout', { detail: timeoutDetail(upstream), cause: error });
  }
  if (error instanceof DeadlineExceeded) return new Problem('deadline-exceeded', { cause: error });
  if (error instanceof BreakerOpen)
    return rejectionProblem('breaker-open', `the circuit breaker of ${upstream} is open`, error);
  if (error instanceof BulkheadFull)
    return rejectionProblem('bulkhead-full', `too many concurrent calls to ${upstream}`, error);
  // The reason of the request's signal, such as its deadline, is a more exact problem.
  if (error instanceof Cancelled && error.cause instanceof Problem) return error.cause;
  return error;
}

const rejectionProblem = (code: ProblemCode, detail: string, cause: BreakerOpen | BulkheadFull): Problem =>
  new Problem(code, { detail, headers: retryAfter(cause.retryAfterMs), cause });

/** Returns the parsed text, or `undefined` if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the code that the system or undici gave an error or one of its causes. */
export function toErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return toErrorCode(error.cause);
}
