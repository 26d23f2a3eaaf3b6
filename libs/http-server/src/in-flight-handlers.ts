import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import { addHandlerHook } from '@film-store/core/fastify';

/** Counts the handlers that have begun and have not settled. */
export class InFlightHandlers {
  #count = 0;
  #idle = Promise.withResolvers<void>();

  readonly begin = (): (() => void) => {
    this.#count += 1;
    return this.#end;
  };

  /** Resolves when no handler is in flight, or when `abandon` is called. */
  async whenIdle(): Promise<void> {
    if (this.#count > 0) await this.#idle.promise;
  }

  /** Resolves the promises of `whenIdle`, although handlers are in flight. */
  abandon(): void {
    this.#idle.resolve();
  }

  readonly #end = (): void => {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#idle.resolve();
    this.#idle = Promise.withResolvers();
  };
}

/** Closes the server after all handlers have settled, so that Nest closes the parts that handlers use only then. */
export const inFlightHandlersPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { handlers }: { readonly handlers: InFlightHandlers }) => {
    addHandlerHook(fastify, () => ({ begin: handlers.begin }));
    fastify.addHook('onClose', () => handlers.whenIdle());
  },
  { name: '@film-store/in-flight-handlers', fastify: '5.x' },
);
