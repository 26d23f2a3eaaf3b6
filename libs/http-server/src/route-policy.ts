import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { type RoutePolicy, isOperatorRoute } from '@film-store/core';

declare module 'fastify' {
  interface FastifyContextConfig {
    policy?: RoutePolicy;
  }
}

const DEFAULT: RoutePolicy = { budgetMs: 1000, priority: 'normal' };

/** Sets the policy of a route. @default 1 s, priority `normal`, no stale data */
export const UseRoutePolicy = (policy: Partial<RoutePolicy>): MethodDecorator =>
  RouteConfig({ policy: { ...DEFAULT, ...policy } });

/** Returns `undefined` for routes of operators, which have no deadline. */
export function findRoutePolicy({ routeOptions: { url, config } }: FastifyRequest): RoutePolicy | undefined {
  return url !== undefined && isOperatorRoute(url) ? undefined : (config.policy ?? DEFAULT);
}
