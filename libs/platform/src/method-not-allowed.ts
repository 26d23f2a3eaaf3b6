import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '#libs/http';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Makes a known path answer 405 with `Allow` where it does not know the method; Fastify alone says 404.
 * Call before routes are added, and what is returned once all of them are.
 */
export function trackMethods(fastify: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<HTTPMethods>>();
  fastify.addHook('onRoute', ({ url, method }) => {
    const known = methodsOf.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    methodsOf.set(url, known);
  });
  return () => {
    // The routes added here are tracked too: take the list as it is now.
    for (const [url, known] of Array.from(methodsOf)) {
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
  };
}
