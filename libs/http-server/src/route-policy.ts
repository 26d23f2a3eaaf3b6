import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type RoutePolicy, isOperatorRoute } from '@film-store/core';

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
}

/** What a route gets that says nothing: a read that somebody waits for. */
const DEFAULT: RoutePolicy = { budgetMs: 1000, priority: 'normal' };

/** Gives a route what differs from a read that somebody waits for: 1 s, `normal`, no old data. */
export const UseRoutePolicy = (policy: Partial<RoutePolicy>): MethodDecorator =>
  RouteConfig({ policy: { ...DEFAULT, ...policy } });

/** What the request's route gives it; `undefined` where it has no deadline. */
export function routePolicyOf({ routeOptions: { url, config } }: FastifyRequest): RoutePolicy | undefined {
  return url !== undefined && isOperatorRoute(url) ? undefined : (config.policy ?? DEFAULT);
}
