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

/** How many handlers have begun and have not settled. */
export class WorkUnderWay {
  #count = 0;
  #over = Promise.withResolvers<void>();

  readonly begin = (): (() => void) => {
    this.#count += 1;
    return this.#end;
  };

  /** Resolves once there is none, or nobody waits for them any more. */
  async over(): Promise<void> {
    if (this.#count > 0) await this.#over.promise;
  }

  /** Those who wait for it to be over go on. */
  abandon(): void {
    this.#over.resolve();
  }

  readonly #end = (): void => {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#over.resolve();
    this.#over = Promise.withResolvers();
  };
}
