import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { HttpRequest } from './http-exchange.ts';

const keys = new WeakMap<HttpRequest, string>();

export const setDerivedKey = (request: HttpRequest, key: string): void => void keys.set(request, key);

/**
 * Injects the `Idempotency-Key` that an `@Idempotent()` route sends downstream. It differs from the client's key, and is the
 * same for every attempt under that key.
 */
export const DerivedIdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const key = keys.get(context.switchToHttp().getRequest());
  if (key === undefined) throw new Error('@DerivedIdempotencyKey() needs an @Idempotent() route');
  return key;
});
