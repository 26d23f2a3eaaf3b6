import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemKinds } from '@film-store/problem';
import { toOpenApiHeaders } from './headers.ts';

const requestId = toOpenApiHeaders('X-Request-Id');
const degraded = toOpenApiHeaders('X-Degraded', 'Age', 'Cache-Control', 'Cache-Status');

/** Documents the success response of a route. */
export const ApiSuccess = (
  status: number,
  schema: z.ZodType,
  { degradable = false }: { degradable?: boolean } = {},
): MethodDecorator =>
  ApiResponse({
    status,
    description: 'Success',
    standardSchema: schema,
    headers: { ...requestId, ...(degradable && degraded) },
  });

/** Documents problems of a route by status, in addition to the problems of every route. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  const documented = codes.flatMap((code) => toStatuses(code).map((status) => ({ code, status })));
  return applyDecorators(
    ...[...Map.groupBy(documented, ({ status }) => status)].map(([status, problems]) =>
      ApiResponse({
        status,
        description: problems.map(({ code }) => `\`${code}\`: ${problemKinds[code].title}`).join('; '),
        headers: requestId,
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

/** An invalid form is 400, an invalid value is 422. */
const toStatuses = (code: ProblemCode): number[] =>
  code === 'validation-failed' ? [400, 422] : [problemKinds[code].status];
