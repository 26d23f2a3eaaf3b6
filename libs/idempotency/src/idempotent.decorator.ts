import { SetMetadata, UseInterceptors, applyDecorators } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

/** Marks the handlers of idempotent routes. */
export const IDEMPOTENT = '@film-store/idempotency:idempotent';

/**
 * Requires an `Idempotency-Key` on a route and executes each request once, however often it is sent. The handler
 * returns its response, or throws: an `HttpException` or a `Problem` states the outcome of the request, see `Outcome`.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(SetMetadata(IDEMPOTENT, true), UseInterceptors(IdempotencyInterceptor));
