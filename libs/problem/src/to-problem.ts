import { HttpException } from '@nestjs/common';
import { InvalidHeaderError } from '@film-store/core';
import { Problem, type ProblemCode } from './problem.ts';

const codeOfStatus: Partial<Record<number, ProblemCode>> = {
  400: 'validation-failed',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'request-timeout',
  413: 'payload-too-large',
  414: 'uri-too-long',
  415: 'unsupported-media-type',
  429: 'rate-limited',
  431: 'headers-too-large',
  503: 'unavailable',
};

/**
 * The problem that answers whatever was thrown, in this order: our own as it is; Nest's and Fastify's by their
 * status, with details for the few that help a client; all else an opaque `internal`.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidHeaderError)
    return new Problem('validation-failed', { cause: error, detail: error.message });
  if (isWrapped(error)) return error.cause;
  const status = statusOf(error);
  const code = status === undefined ? undefined : codeOfStatus[status];
  if (code === undefined) return new Problem('internal', { cause: error });
  const detail = detailOf(error);
  return new Problem(code, { cause: error, ...(detail !== undefined && { detail }) });
}

/** Nest's adapters wrap errors with a status, so also problems, that hooks and parsers throw. */
const isWrapped = (error: unknown): error is HttpException & { readonly cause: Problem } =>
  error instanceof HttpException &&
  error.cause instanceof Problem &&
  error.cause.status === error.getStatus();

/** What Fastify's parsers object to, in words of our own. */
const details: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body is not valid JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as Content-Length says',
  FST_ERR_BAD_URL: 'the path is not validly encoded',
};

/** Nest wraps what Fastify throws, so the code may be the cause's. */
function detailOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const detail = 'code' in error && typeof error.code === 'string' ? details[error.code] : undefined;
  return detail ?? detailOf(error.cause);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode;
  return undefined;
}
