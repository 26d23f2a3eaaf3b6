import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';

/** Runs code around the handler of one route. */
export interface HandlerHook {
  /** Runs before the handler. The function that it returns runs when the handler has settled. */
  readonly begin?: (request: FastifyRequest, reply: FastifyReply) => (() => void) | undefined;
  /** Returns a replacement of the handler, or `undefined`. The first replacement wins. */
  readonly replace?: (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => ((handler: () => unknown) => unknown) | undefined;
}

type CreateHook = (route: RouteOptions) => HandlerHook | undefined;

const hooks = new WeakMap<FastifyInstance, CreateHook[]>();

/**
 * Adds a hook to the handlers of all routes that are added later. All hooks of an instance share one wrapper, so that
 * each request has only one stack frame of it. Fastify itself has no hook that runs when a handler settles, which may
 * be long after its response if its client left or its deadline passed. Call it in a plugin.
 */
export function addHandlerHook(fastify: FastifyInstance, createHook: CreateHook): void {
  const known = hooks.get(fastify);
  const all = known ?? [];
  all.push(createHook);
  if (known) return;
  hooks.set(fastify, all);
  fastify.addHook('onRoute', (route) => {
    const hooksOfRoute = all.flatMap((createHook) => createHook(route) ?? []);
    route.handler = wrap(route.handler, hooksOfRoute);
  });
}

function wrap(handler: RouteOptions['handler'], hooks: readonly HandlerHook[]): RouteOptions['handler'] {
  const begins = hooks.flatMap(({ begin }) => begin ?? []);
  const replacements = hooks.flatMap(({ replace }) => replace ?? []);
  if (begins.length === 0 && replacements.length === 0) return handler;
  return function observed(request, reply) {
    // Loops, because `flatMap` takes 5 µs here.
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
      const callHandler = (): unknown => handler.call(this, request, reply);
      const result = run ? run(callHandler) : callHandler();
      void Promise.resolve(result).then(settle, settle);
      return result;
    } catch (error) {
      settle();
      throw error;
    }
  };
}
