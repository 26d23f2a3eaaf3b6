import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { settlesWithin } from '@film-store/core';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
type Hooked = Partial<Record<(typeof HOOKS)[number], (signal?: string) => unknown>>;

/** A shutdown hook that timed out or failed. `part` is `Class.hook`. */
export type CloseFailure =
  | { readonly part: string; readonly kind: 'hung' }
  | { readonly part: string; readonly kind: 'failed'; readonly error: unknown };

/** Some parts of the service were not closed. `errors` contains the errors of the hooks that failed. */
export class CloseError extends AggregateError {
  override readonly name = 'CloseError';

  constructor(failures: readonly CloseFailure[]) {
    const errors = failures.flatMap((failure) => (failure.kind === 'failed' ? [failure.error] : []));
    super(errors, `not closed: ${failures.map(({ part, kind }) => `${part} ${kind}`).join(', ')}`);
  }
}

/**
 * Limits the time of each shutdown hook, and reports hooks that time out or fail. The other hooks still run. Nest alone
 * waits forever for a hook, and its `close` resolves even if hooks fail.
 * @param timeoutMs for each hook, in milliseconds
 */
export function withShutdownTimeout(
  app: INestApplicationContext,
  timeoutMs: number,
  report: (failure: CloseFailure) => void,
): void {
  const instances = new Set<unknown>();
  for (const { providers, controllers, injectables, middlewares } of app.get(ModulesContainer).values())
    for (const group of [providers, controllers, injectables, middlewares])
      for (const { instance } of group.values() as Iterable<{ instance: unknown }>) instances.add(instance);
  for (const instance of instances)
    if (typeof instance === 'object' && instance !== null) limitHooks(instance, timeoutMs, report);
}

function limitHooks(instance: Hooked, timeoutMs: number, report: (failure: CloseFailure) => void): void {
  for (const hook of HOOKS) {
    const close = instance[hook];
    if (typeof close !== 'function') continue;
    const part = `${instance.constructor.name}.${hook}`;
    instance[hook] = async (signal) => {
      const closed = (async () => close.call(instance, signal))();
      if (!(await settlesWithin(timeoutMs, closed))) return report({ part, kind: 'hung' });
      await closed.catch((error: unknown) => {
        report({ part, kind: 'failed', error });
        throw error;
      });
    };
  }
}
