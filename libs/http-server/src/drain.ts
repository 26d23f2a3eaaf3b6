import type { Server } from 'node:http';
import type { Logger } from 'pino';
import type { LifecycleState } from '@film-store/core';
import type { InFlightHandlers } from './in-flight-handlers.ts';

export interface Drain {
  readonly phase: LifecycleState;
  /** How long those who send requests get to see that it is not ready any more, in milliseconds. */
  readonly waitMs: number;
  /** How long what is in flight may take after that, in milliseconds. */
  readonly timeoutMs: number;
  /** Its abort ends both at once. */
  readonly forceShutdown: AbortSignal;
  readonly server: Server;
  /** What handlers are at, those too whose clients have left. */
  readonly handlers: InFlightHandlers;
  /** Accepts nothing any more; once nothing is in flight and `work` is over, closes all, then resolves. */
  readonly close: () => Promise<void>;
  readonly logger: Logger;
}

/** Connections that are kept alive for a next request are looked for so often, in milliseconds. */
const IDLE_MS = 100;

/**
 * Ends a service so that nobody notices who looks at its readiness: that says no at once, then nothing is accepted any
 * more, what is in flight is finished, and everything is closed.
 */
export async function drain({
  phase,
  waitMs,
  timeoutMs,
  forceShutdown,
  server,
  handlers,
  close,
  logger,
}: Drain): Promise<void> {
  // Nobody sends to one that never was ready.
  const known = phase.current === 'serving';
  phase.drain();
  if (known && waitMs > 0) await pause(waitMs, forceShutdown);

  // One becomes idle without a word where its last answer was begun before the drain.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
  const closed = new AbortController();
  server.once('close', () => void handlers.whenIdle().then(() => closed.abort()));
  const cutOff = async (): Promise<void> => {
    await pause(timeoutMs, AbortSignal.any([forceShutdown, closed.signal]));
    if (closed.signal.aborted) return;
    logger.warn({ event: 'shutdown.requests_aborted' }, 'what is in flight is cut off');
    server.closeAllConnections();
    handlers.abandon();
  };
  const bound = cutOff();
  try {
    await close();
  } finally {
    closed.abort();
    clearInterval(idle);
    await bound;
  }
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
