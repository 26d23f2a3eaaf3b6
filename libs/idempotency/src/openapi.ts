import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemKinds } from '@film-store/problem';

/** Documents the header and the problems of an `@Idempotent()` route. The document must have the schema `Problem`. */
export const ApiIdempotent = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description:
        'A unique key for the operation, for example a UUID. Send the same key with every retry: for 24 hours a retry gets the response of the first request.',
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

/** `@nestjs/swagger` joins the descriptions of responses with the same status. */
const problems = (...codes: ProblemCode[]): MethodDecorator[] =>
  codes.map((code) =>
    ApiResponse({
      status: problemKinds[code].status,
      description: `\`${code}\`: ${problemKinds[code].title}`,
      content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    }),
  );
