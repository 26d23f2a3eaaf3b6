import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { type LifecycleState, pause, systemClock } from '@film-store/core';
import type { InFlightHandlers } from './in-flight-handlers.ts';

export interface DrainOptions {
  readonly phase: LifecycleState;
  /** Time for load balancers to notice that the service is not ready, in milliseconds. */
  readonly waitMs: number;
  /** Longest time for requests in flight after that, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends both times at once. */
  readonly forceShutdown: AbortSignal;
  readonly server: Server;
  /** Includes the handlers whose clients have left. */
  readonly handlers: InFlightHandlers;
  /** Stops accepting connections, and closes everything when no request is in flight. */
  readonly close: () => Promise<void>;
  readonly logger: Logger;
}

const CLOSE_IDLE_EVERY_MS = 100;

/** Stops a service without failed requests: becomes not ready, waits, finishes requests in flight, then closes. */
export async function drain(options: DrainOptions): Promise<void> {
  const { phase, waitMs, timeoutMs, forceShutdown, server, handlers, close, logger } = options;
  const wait = (ms: number, signal: AbortSignal) => pause(systemClock, ms, signal).catch(() => undefined);
  // No load balancer sends requests to a service that was never ready.
  const wasReady = phase.current === 'serving';
  phase.drain();
  if (wasReady && waitMs > 0) await wait(waitMs, forceShutdown);

  // A response that began before the drain has no `Connection: close`: its connection stays open and idle.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  const closed = new AbortController();
  server.once('close', () => void handlers.whenIdle().then(() => closed.abort()));
  const abortRequests = async (): Promise<void> => {
    await wait(timeoutMs, AbortSignal.any([forceShutdown, closed.signal]));
    if (closed.signal.aborted) return;
    logger.warn({ event: 'shutdown.requests_aborted' }, 'requests in flight are aborted');
    server.closeAllConnections();
    handlers.abandon();
  };
  const aborted = abortRequests();
  try {
    await close();
  } finally {
    closed.abort();
    clearInterval(idle);
    await aborted;
  }
}
