import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

/** What runs around one route's handler. */
export interface HandlerHook {
  /** Runs before the handler. The function it returns runs when the handler has settled. */
  readonly begin?: (request: FastifyRequest, reply: FastifyReply) => (() => void) | undefined;
  /** Returns what runs in place of the handler; `undefined`: the handler itself. The first hook that returns one wins. */
  readonly replace?: (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => ((handler: () => unknown) => unknown) | undefined;
}

type HookOfRoute = (route: RouteOptions) => HandlerHook | undefined;

const hooks = new WeakMap<FastifyInstance, HookOfRoute[]>();

/**
 * Adds a hook to the handlers of all routes that are added later. All hooks of an instance share one wrapper, so that
 * each request has one stack frame of it. A handler settles long after its response if its client left or its deadline
 * passed. Register it in a plugin: Fastify alone has no hook that sees a handler settle.
 */
export function addHandlerHook(fastify: FastifyInstance, hookOf: HookOfRoute): void {
  const known = hooks.get(fastify);
  if (known) {
    known.push(hookOf);
    return;
  }
  const all = [hookOf];
  hooks.set(fastify, all);
  fastify.addHook('onRoute', (route) => {
    route.handler = wrap(
      route.handler,
      all.flatMap((hookOf) => hookOf(route) ?? []),
    );
  });
}

function wrap(handler: RouteOptions['handler'], hooks: readonly HandlerHook[]): RouteOptions['handler'] {
  const begins = hooks.flatMap(({ begin }) => begin ?? []);
  const replacements = hooks.flatMap(({ replace }) => replace ?? []);
  if (begins.length === 0 && replacements.length === 0) return handler;
  return function observed(request, reply) {
    const ends: (() => void)[] = [];
    for (const begin of begins) {
      const end = begin(request, reply);
      if (end) ends.push(end);
    }
    const settle = (): void => {
      for (const end of ends) end();
    };
    try {
      let run: ReturnType<NonNullable<HandlerHook['replace']>>;
      for (const replace of replacements) run ??= replace(request, reply);
      const result: unknown = run
        ? run(() => handler.call(this, request, reply))
        : handler.call(this, request, reply);
      void Promise.resolve(result).then(settle, settle);
      return result;
    } catch (error) {
      settle();
      throw error;
    }
  };
}
