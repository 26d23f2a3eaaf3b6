import type { AsyncResource } from 'node:async_hooks';
import type { Span } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';

/** The span of a request, and the asynchronous context in which the request is served. */
export interface Serving {
  readonly span: Span;
  readonly scope: AsyncResource;
}

const servings = new WeakMap<FastifyRequest, Serving>();

export function startServing(request: FastifyRequest, serving: Serving): void {
  servings.set(request, serving);
}

/** Returns `undefined` for a request that was refused, or whose client left, before it was served. */
export const getServing = (request: FastifyRequest): Serving | undefined => servings.get(request);

/** Runs `work` in the context of the request. */
export function within(request: FastifyRequest, work: () => void): void {
  const serving = servings.get(request);
  if (serving) serving.scope.runInAsyncScope(work);
  else work();
}
