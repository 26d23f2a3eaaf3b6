import { HttpException } from '@nestjs/common';
import { InvalidHeaderError } from '@film-store/core';
import { Problem, type ProblemCode } from './problem.ts';

const CODES_BY_STATUS: Partial<Record<number, ProblemCode>> = {
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

/** Details for errors of Fastify's parsers and router, by their code. */
const DETAILS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'the body is not valid JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the length of the body differs from Content-Length',
  FST_ERR_BAD_URL: 'the path has an invalid percent-encoding',
};

/**
 * Returns the problem that responds to an error. A `Problem` stays as it is. Errors of Nest and Fastify become problems by
 * their status. Any other error becomes an opaque `internal`.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InvalidHeaderError)
    return new Problem('validation-failed', { cause: error, detail: error.message });
  // Nest's adapters wrap errors that have a status, also problems, when hooks and parsers throw them.
  if (
    error instanceof HttpException &&
    error.cause instanceof Problem &&
    error.cause.status === error.getStatus()
  )
    return error.cause;
  const code = CODES_BY_STATUS[findStatus(error) ?? 0];
  if (code === undefined) return new Problem('internal', { cause: error });
  const detail = findDetail(error);
  return new Problem(code, { cause: error, ...(detail !== undefined && { detail }) });
}

function findStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** Nest wraps errors of Fastify, so the code may be in a cause. */
function findDetail(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const detail = 'code' in error && typeof error.code === 'string' ? DETAILS[error.code] : undefined;
  return detail ?? findDetail(error.cause);
}
