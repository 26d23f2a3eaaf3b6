import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Degradation } from './degradation.ts';
import { type DegradedOptions, reportDegraded } from './report-degraded.ts';

export interface DegradedHookOptions extends DegradedOptions {
  /**
   * Returns the greatest age of old data that the route may serve, in milliseconds; 0 where it serves none. Returns
   * `undefined` for a route whose responses are never degraded, such as an operators' endpoint.
   */
  readonly maxStaleMsOf: (request: FastifyRequest) => number | undefined;
}

/**
 * Repeats the `degraded` list of a response body in its headers, its span and a metric. It is a Fastify hook because a
 * Nest interceptor would take every response through observables, which costs a tenth of a product page.
 */
export const degradedPlugin = fastifyPlugin(
  (fastify: FastifyInstance, options: DegradedHookOptions, loaded: () => void) => {
    fastify.addHook<{ degraded?: readonly Degradation[] } | null>(
      'preSerialization',
      (request, reply, body, done) => {
        const maxStaleMs = body?.degraded?.length ? options.maxStaleMsOf(request) : undefined;
        if (body?.degraded && maxStaleMs !== undefined)
          void reply.headers(reportDegraded(body.degraded, maxStaleMs, options));
        done(null, body);
      },
    );
    loaded();
  },
  { name: '@film-store/degradation', fastify: '5.x' },
);
