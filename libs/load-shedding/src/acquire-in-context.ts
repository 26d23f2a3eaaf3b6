import { AsyncResource } from 'node:async_hooks';
import type { Decision, LoadShedder, RequestClass } from './load-shedder.ts';

/**
 * Acquires a permit, and decides in the asynchronous context of the caller. After a wait it is the end of another
 * request that leads to the decision, in whose context this one must not go on.
 */
export function acquireInContext(
  shedder: LoadShedder,
  request: RequestClass,
  decide: (decision: Decision) => void,
): () => void {
  let isDecided = false;
  let context: AsyncResource | undefined;
  const cancel = shedder.acquire(request, (decision) => {
    isDecided = true;
    if (context) context.runInAsyncScope(decide, undefined, decision);
    else decide(decision);
  });
  if (!isDecided) context = new AsyncResource('WAITING_REQUEST');
  return cancel;
}
