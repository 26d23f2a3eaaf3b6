import { SetMetadata, UseInterceptors, applyDecorators } from '@nestjs/common';
import { IdempotencyInterceptor } from './idempotency.interceptor.ts';

export const IDEMPOTENT = '@film-store/idempotency:idempotent';

/**
 * Requires an `Idempotency-Key` on a route and executes each request once. An `HttpException` or a `Problem` that the handler
 * throws has an outcome: see `Outcome`.
 */
export const Idempotent = (): MethodDecorator =>
  applyDecorators(SetMetadata(IDEMPOTENT, true), UseInterceptors(IdempotencyInterceptor));
