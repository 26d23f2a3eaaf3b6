import { SetMetadata, UseInterceptors, applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import { PROBLEM_MEDIA_TYPE, type ProblemCode, problemKinds } from '@film-store/problem';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

/** Marks the handlers of idempotent routes. */
export const IDEMPOTENT = 'film-store:idempotent';

/**
 * Has a route ask for an `Idempotency-Key` and carry out each request once, however often it is sent. The handler
 * returns its answer, or throws a `Problem` whose code says what came of the request, see `fateOf`.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(
    SetMetadata(IDEMPOTENT, true),
    UseInterceptors(IdempotencyInterceptor),
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
