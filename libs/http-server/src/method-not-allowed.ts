import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '@film-store/problem';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The methods of each route, by its pattern. */
export type Routes = ReadonlyMap<string, ReadonlySet<HTTPMethods>>;

/** Returns the routes of a server: those that exist, and those that are added later. Call before routes are added. */
export function trackRoutes(fastify: FastifyInstance): Routes {
  const routes = new Map<string, Set<HTTPMethods>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = routes.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    routes.set(url, known);
  });
  return routes;
}

/**
 * Makes a known path answer 405 with `Allow` where it does not know the method; Fastify alone says 404. Call once all
 * routes are added.
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
