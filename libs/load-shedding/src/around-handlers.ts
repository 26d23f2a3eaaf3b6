import type { FastifyInstance, FastifyRequest } from 'fastify';

/**
 * Calls `begin` before each handler, and what that returned once the handler has settled: long after its answer, maybe,
 * for a write goes on when its client has left or its time is up. Call it before there are routes.
 */
export function aroundHandlers(
  fastify: FastifyInstance,
  begin: (request: FastifyRequest) => (() => void) | undefined,
): void {
  fastify.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function work(request, reply) {
      const end = begin(request);
      if (!end) return handler.call(this, request, reply);
      try {
        const result: unknown = handler.call(this, request, reply);
        void Promise.resolve(result).then(end, end);
        return result;
      } catch (error) {
        end();
        throw error;
      }
    };
  });
}
