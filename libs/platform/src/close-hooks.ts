import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { settlesWithin } from './within.ts';

const HOOKS = ['onModuleDestroy', 'beforeApplicationShutdown', 'onApplicationShutdown'] as const;
type Hooked = Partial<Record<(typeof HOOKS)[number], (signal?: string) => unknown>>;

/**
 * Nest waits for each hook that closes something, for ever. This bounds them, so that one that hangs is named and the
 * others get their turn.
 * @param boundMs in milliseconds, for each
 * @param onHang hears of the class and the hook, as `Class.hook`
 */
export function boundCloseHooks(
  app: INestApplicationContext,
  boundMs: number,
  onHang: (hook: string) => void,
): void {
  const bounded = new Set<unknown>();
  for (const { providers } of app.get(ModulesContainer).values()) {
    for (const { instance } of providers.values() as Iterable<{ instance: unknown }>) {
      if (typeof instance !== 'object' || instance === null || bounded.has(instance)) continue;
      bounded.add(instance);
      boundHooksOf(instance, boundMs, onHang);
    }
  }
}

function boundHooksOf(instance: Hooked, boundMs: number, onHang: (hook: string) => void): void {
  for (const hook of HOOKS) {
    const close = instance[hook];
    if (typeof close !== 'function') continue;
    instance[hook] = async (signal) => {
      const closed = Promise.resolve(close.call(instance, signal));
      if (await settlesWithin(boundMs, closed)) await closed;
      else onHang(`${instance.constructor.name}.${hook}`);
    };
  }
}
