import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { settlesWithin } from '@film-store/core';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
type Hooked = Partial<Record<(typeof HOOKS)[number], (signal?: string) => unknown>>;

/** A hook that did not close its part of the service, as `Class.hook`. */
export type CloseFailure =
  | { readonly part: string; readonly kind: 'hung' }
  | { readonly part: string; readonly kind: 'failed'; readonly error: unknown };

/** Not every part of the service was closed. `errors` has what those that failed threw. */
export class CloseError extends AggregateError {
  override readonly name = 'CloseError';

  constructor(failures: readonly CloseFailure[]) {
    const errors = failures.flatMap((failure) => (failure.kind === 'failed' ? [failure.error] : []));
    super(errors, `not closed: ${failures.map(({ part, kind }) => `${part} ${kind}`).join(', ')}`);
  }
}

/**
 * Bounds each hook that closes something, so that one that hangs is reported and the others get their turn, and reports
 * those that fail. Nest itself waits for ever, and its `close` resolves whatever the hooks end with.
 * @param boundMs for each hook, in milliseconds
 */
export function withShutdownTimeout(
  app: INestApplicationContext,
  boundMs: number,
  report: (failure: CloseFailure) => void,
): void {
  const bounded = new Set<unknown>();
  for (const { providers, controllers, injectables, middlewares } of app.get(ModulesContainer).values()) {
    const all = [providers, controllers, injectables, middlewares].flatMap((each) =>
      Array.from(each.values()),
    );
    for (const { instance } of all as Iterable<{ instance: unknown }>) {
      if (typeof instance !== 'object' || instance === null || bounded.has(instance)) continue;
      bounded.add(instance);
      boundHooksOf(instance, boundMs, report);
    }
  }
}

function boundHooksOf(instance: Hooked, boundMs: number, report: (failure: CloseFailure) => void): void {
  for (const hook of HOOKS) {
    const close = instance[hook];
    if (typeof close !== 'function') continue;
    const part = `${instance.constructor.name}.${hook}`;
    instance[hook] = async (signal) => {
      const closed = (async () => close.call(instance, signal))();
      if (!(await settlesWithin(boundMs, closed))) return report({ part, kind: 'hung' });
      await closed.catch((error: unknown) => {
        report({ part, kind: 'failed', error });
        throw error;
      });
    };
  }
}
