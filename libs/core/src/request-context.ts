import { AsyncLocalStorage } from 'node:async_hooks';
import type { PropagatedContext } from './propagated-context.ts';
import type { Priority } from './priority.ts';
import { brand, sharedValue } from './shared-identity.ts';

/** The context of a request while a service serves it. */
export interface RequestContext extends Partial<Pick<PropagatedContext, 'priority' | 'retryAttempt'>> {
  readonly requestId: string;
  /** Time on the clock of `monotonicNow` after which the response is useless. @default none */
  readonly deadline?: number;
  /**
   * Aborts with a `deadline-exceeded` Problem when the deadline has passed, or with `ClientDisconnected` when the
   * client of a read has left. A write continues without its client. Work that records an outcome must not listen to
   * it.
   */
  readonly signal?: AbortSignal;
}

/** Reports that the client of a read has closed its connection. */
export class ClientDisconnected extends Error {
  static {
    brand(this, 'core/ClientDisconnected');
  }

  override readonly name = 'ClientDisconnected';
}

const storage = sharedValue('core/request-context', () => new AsyncLocalStorage<RequestContext>());

export const requestContext = {
  run: <T>(context: RequestContext, work: () => T): T => storage.run(context, work),
  /**
   * Runs `work` for the served request, without its deadline and signal, so that `work` may continue after the request.
   * So `work` needs its own limits.
   * @param priority of the work. @default that of the request
   */
  runDetached: <T>(work: () => T, priority?: Priority): T => {
    const request = storage.getStore();
    if (!request) return work();
    const { deadline: _deadline, signal: _signal, ...rest } = request;
    return storage.run({ ...rest, ...(priority && { priority }) }, work);
  },
  /** Returns the context of the served request, or `undefined` in work that no request started. */
  get: (): RequestContext | undefined => storage.getStore(),
};
