import { trace } from '@opentelemetry/api';
import { type Priority, monotonicNow, newRequestId, requestContext } from '@film-store/core';
import { failSpan } from './attempt-span.ts';
import { SCOPE } from './scope.ts';

const tracer = trace.getTracer(SCOPE);

export interface SharedWorkOptions {
  /** Name of its span. */
  readonly name: string;
  /** Time that the work has, in milliseconds. It is not the time of a caller. */
  readonly timeoutMs: number;
  /** How important the work is: as important as its most important caller may be. */
  readonly priority: Priority;
}

/**
 * Runs work whose result several requests wait for. The work has a request id, deadline and priority of its own, no
 * caller's signal, and a trace of its own that links to the request that started it. So no caller that leaves or has
 * little time ends it for the others.
 */
export function runShared<T>(
  { name, timeoutMs, priority }: SharedWorkOptions,
  work: () => Promise<T>,
): Promise<T> {
  const caller = trace.getActiveSpan()?.spanContext();
  const context = { requestId: newRequestId(), deadline: monotonicNow() + timeoutMs, priority };
  const options = { root: true, ...(caller && { links: [{ context: caller }] }) };
  return tracer.startActiveSpan(name, options, (span) =>
    requestContext
      .run(context, work)
      .catch((error: unknown) => {
        failSpan(span, error);
        throw error;
      })
      .finally(() => span.end()),
  );
}

/**
 * Waits for shared work, but not longer than the request that is served. The work itself goes on.
 * @throws the reason of the request's signal, or what the work rejects with
 */
export function waitForShared<T>(work: Promise<T>): Promise<T> {
  const signal = requestContext.get()?.signal;
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
