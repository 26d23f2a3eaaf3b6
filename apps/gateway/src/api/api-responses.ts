import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemKinds } from '@film-store/problem';

const requestId = {
  'X-Request-Id': { description: 'names this exchange in every log', schema: { type: 'string' as const } },
};
const degraded = {
  'X-Degraded': {
    description: 'each degraded feature, why, and where its value came from; absent when all is well',
    schema: { type: 'string' as const, example: 'recommendations;reason=timeout;source=popular' },
  },
  Age: {
    description: 'how old the oldest part of the answer is, in seconds; absent when nothing is old',
    schema: { type: 'integer' as const, minimum: 0, example: 37 },
  },
  'Cache-Control': {
    description: 'where a part is old: how old such an answer may be, in seconds, as `stale-if-error`',
    schema: { type: 'string' as const, example: 'max-age=0, stale-if-error=86400' },
  },
  'Cache-Status': {
    description: 'where a part is old (RFC 9211): its age, as a negative `ttl`, and why it is served',
    schema: { type: 'string' as const, example: 'gateway; hit; ttl=-37; detail=breaker-open' },
  },
};

/** Documents the response of a route that succeeds. */
export const ApiSuccess = (
  status: number,
  schema: z.ZodType,
  { degradable = false }: { degradable?: boolean } = {},
): MethodDecorator =>
  ApiResponse({
    status,
    description: 'The answer',
    standardSchema: schema,
    headers: { ...requestId, ...(degradable && degraded) },
  });

/** Documents the problems of a route by status, besides those that any route can have. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  const documented = codes.flatMap((code) => toStatuses(code).map((status) => ({ code, status })));
  return applyDecorators(
    ...[...Map.groupBy(documented, ({ status }) => status)].map(([status, ofStatus]) =>
      ApiResponse({
        status,
        description: ofStatus.map(({ code }) => `\`${code}\`: ${problemKinds[code].title}`).join('; '),
        headers: requestId,
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

/** A wrong form has another status than a wrong value. */
const toStatuses = (code: ProblemCode): number[] =>
  code === 'validation-failed' ? [400, 422] : [problemKinds[code].status];
