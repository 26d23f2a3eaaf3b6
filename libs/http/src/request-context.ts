import { AsyncLocalStorage } from 'node:async_hooks';

/** What travels with one request through a service, and on to the next one. */
export interface RequestContext {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = {
  /** Runs `work` and all it starts within `context`. */
  run: <T>(context: RequestContext, work: () => T): T => storage.run(context, work),
  /** The context of the request being served; `undefined` in work that no request started. */
  get: (): RequestContext | undefined => storage.getStore(),
};
