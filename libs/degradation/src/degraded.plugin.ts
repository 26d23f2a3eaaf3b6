import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { type DegradedBody, type DegradedOptions, reportDegraded } from './report-degraded.ts';

export interface DegradedPluginOptions extends DegradedOptions {
  /**
   * Returns the greatest age of old data in responses of the route, in milliseconds. Returns `undefined` for a route whose
   * responses are never degraded, for example an operator's endpoint.
   */
  readonly getMaxStaleMs: (request: FastifyRequest) => number | undefined;
}

/**
 * Repeats the `degraded` list of a response body in its headers, its span and a metric. A Nest interceptor would pass every
 * response through observables, which costs a tenth of a product page.
 */
export const degradedPlugin = fastifyPlugin(
  (fastify: FastifyInstance, options: DegradedPluginOptions, loaded: () => void) => {
    fastify.addHook<DegradedBody>('preSerialization', (request, reply, body, done) => {
      const maxStaleMs = body?.degraded?.length ? options.getMaxStaleMs(request) : undefined;
      if (body?.degraded && maxStaleMs !== undefined)
        void reply.headers(reportDegraded(body.degraded, maxStaleMs, options));
      done(null, body);
    });
    loaded();
  },
  { name: '@film-store/degradation', fastify: '5.x' },
);
