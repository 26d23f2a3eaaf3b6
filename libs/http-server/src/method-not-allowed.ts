import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '@film-store/problem';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The methods of each route, by its pattern. */
export type Routes = Map<string, Set<HTTPMethods>>;

/** Adds the routes that are registered after it to `routes`. */
export const routeListPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { routes }: { readonly routes: Routes }) => {
    fastify.addHook('onRoute', ({ url, method }) => {
      routes.set(url, new Set([...(routes.get(url) ?? []), ...[method].flat()]));
    });
  },
  { name: '@film-store/route-list', fastify: '5.x' },
);

/**
 * Responds 405 with `Allow` to the other methods of each route, where Fastify alone responds 404. Must be called when
 * all routes are registered.
 */
export function rejectOtherMethods(fastify: FastifyInstance, routes: Routes): void {
  // A copy, because the routes that are added here are listed too.
  for (const [url, methods] of Array.from(routes)) {
    const rejected = METHODS.filter((method) => !methods.has(method));
    if (rejected.length === 0) continue;
    const allow = [...methods].join(', ');
    fastify.route({
      url,
      method: rejected,
      handler: () => {
        throw new Problem('method-not-allowed', { detail: `allowed: ${allow}`, headers: { allow } });
      },
    });
  }
}
