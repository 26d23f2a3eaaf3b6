import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '@film-store/problem';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The methods of each route, by its pattern. */
export type Routes = Map<string, Set<HTTPMethods>>;

/** Adds the routes that are registered after it to `routes`. */
export const routeListPlugin = fastifyPlugin(
  (fastify: FastifyInstance, { routes }: { readonly routes: Routes }, loaded: () => void) => {
    fastify.addHook('onRoute', ({ url, method }) => {
      const known = routes.get(url) ?? new Set();
      for (const each of [method].flat()) known.add(each);
      routes.set(url, known);
    });
    loaded();
  },
  { name: '@film-store/route-list', fastify: '5.x' },
);

/**
 * Responds 405 with `Allow` to an unknown method of a known path; Fastify alone responds 404. Call it when all routes
 * are registered.
 */
export function refuseOtherMethods(fastify: FastifyInstance, routes: Routes): void {
  // The routes added here are tracked too: take the list as it is now.
  for (const [url, known] of Array.from(routes)) {
    const refused = METHODS.filter((method) => !known.has(method));
    if (refused.length === 0) continue;
    const allow = [...known].join(', ');
    fastify.route({
      url,
      method: refused,
      handler: () => {
        throw new Problem('method-not-allowed', { detail: `allowed: ${allow}`, headers: { allow } });
      },
    });
  }
}
