import { trace } from '@opentelemetry/api';
import { type Priority, monotonicNow, newRequestId, requestContext } from '@film-store/core';
import { failSpan, tracer } from './spans.ts';

export interface SharedWorkOptions {
  /** Name of the span. */
  readonly name: string;
  /** Time of the work, in milliseconds. The deadlines of its callers do not apply. */
  readonly timeoutMs: number;
  /** The highest priority that a caller may have. */
  readonly priority: Priority;
}

/**
 * Runs work whose result several requests wait for. The work has its own request id, deadline, priority and trace,
 * which links to the request that started it, and no signal of a caller. So a caller that leaves or has little time
 * does not end it for the others.
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
 * Waits for shared work until the served request ends. The work itself continues.
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
