import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemKinds } from '@film-store/problem';

/**
 * Documents the header and the problems of an `@Idempotent()` route for `@nestjs/swagger`. The document must have the
 * schema `Problem`.
 */
export const ApiIdempotent = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'One per thing to be done, a UUID say; the same when it is sent again. For 24 hours a repetition gets the answer of the first request.',
      schema: { type: 'string', minLength: 16, maxLength: 255, pattern: '^[\\x21\\x23-\\x2b\\x2d-\\x7e]+$' },
    }),
    ...problems(
      'idempotency-key-missing',
      'idempotency-key-invalid',
      'idempotency-key-reused',
      'operation-in-progress',
      'outcome-unknown',
      'idempotency-unavailable',
    ),
  );

/** One response per status; swagger joins the descriptions of those that the route has already. */
const problems = (...codes: ProblemCode[]): MethodDecorator[] =>
  codes.map((code) =>
    ApiResponse({
      status: problemKinds[code].status,
      description: `\`${code}\`: ${problemKinds[code].title}`,
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    }),
  );
