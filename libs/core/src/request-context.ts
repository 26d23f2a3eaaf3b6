import { AsyncLocalStorage } from 'node:async_hooks';
import type { Priority } from './priority.ts';
import { brand, sharedValue } from './shared-identity.ts';

/** What travels with one request through a service, and on to the next one. */
export interface RequestContext {
  readonly requestId: string;
  /** When the answer stops being of use, on the clock of `monotonicNow`; absent: never. */
  readonly deadline?: number;
  /** Absent: `normal`. */
  readonly priority?: Priority;
  /** Which attempt of a caller's this is, from 0; absent where no caller retries, so that this service may. */
  readonly retryAttempt?: number;
  /**
   * Ends the work: with a `deadline-exceeded` Problem as its reason once the deadline has passed, with `ClientLeft`
   * once the client of a read has gone. A write goes on without its client. Absent: nothing ends it. Work that
   * records an outcome must not listen to it.
   */
  readonly signal?: AbortSignal;
}

/** Whoever asked is not there any more, and asked for nothing that has to be done all the same. */
export class ClientDisconnected extends Error {
  static {
    brand(this, 'core/ClientLeft');
  }

  override readonly name = 'ClientLeft';
}

const storage = sharedValue('core/request-context', () => new AsyncLocalStorage<RequestContext>());

export const requestContext = {
  /** Runs `work` and all it starts within `context`. */
  run: <T>(context: RequestContext, work: () => T): T => storage.run(context, work),
  /**
   * Runs `work` on behalf of the request being served, but past its end: without its deadline and its signal. So `work`
   * needs bounds of its own.
   * @param priority of the work. @default that of the request
   */
  runDetached: <T>(work: () => T, priority?: Priority): T => {
    const request = storage.getStore();
    if (!request) return work();
    const { deadline: _deadline, signal: _signal, ...rest } = request;
    return storage.run({ ...rest, ...(priority && { priority }) }, work);
  },
  /** The context of the request being served; `undefined` in work that no request started. */
  get: (): RequestContext | undefined => storage.getStore(),
};
