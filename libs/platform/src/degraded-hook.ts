import type { FastifyInstance } from 'fastify';
import type { Degradation } from '#libs/contracts';
import { degradedHeaders, wallClock } from '#libs/degradation';

/**
 * Tells the `degraded` list of an answer's body in its headers too. A hook, since with a single interceptor Nest
 * takes every answer through observables, which cost a tenth of a product page.
 */
export function addDegradedHook(fastify: FastifyInstance): void {
  fastify.addHook<{ degraded?: readonly Degradation[] } | null>(
    'preSerialization',
    ({ routeOptions: { config } }, reply, body, done) => {
      if (body?.degraded?.length) {
        const maxStaleMs = config.policy?.maxStaleMs ?? 0;
        void reply.headers(degradedHeaders(body.degraded, { now: wallClock.now(), maxStaleMs }));
      }
      done(null, body);
    },
  );
}
