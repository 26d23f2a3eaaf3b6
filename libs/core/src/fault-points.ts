/** Injects the optional `FaultPoints` of a service. */
export const FAULT_POINTS = Symbol.for('@film-store/fault-points');

/** Records injected faults. An OpenTelemetry span fits. */
export interface FaultRecorder {
  setAttribute(name: string, value: string): unknown;
  addEvent(name: string, attributes: Readonly<Record<string, string>>): unknown;
}

/** An attempt that is about to be sent. */
export interface OutboundAttempt {
  /** Name of the upstream or executor. */
  readonly point: string;
  /** Absent for what is not HTTP. */
  readonly method?: string;
  /** Path and query. */
  readonly path?: string;
  /** Priority of the endpoint. 0 is preferred. */
  readonly priority?: number | undefined;
  /** Aborts when the attempt is abandoned. */
  readonly signal: AbortSignal;
  readonly span?: FaultRecorder;
  /** Returns the error that the client in use throws when it loses its connection. @default the error of Node itself */
  readonly toConnectionError?: (cause: Error) => Error;
}

/** An HTTP response that was read to its end. */
export interface HttpExchange {
  readonly status: number;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Injects faults. An attempt passes its fault point last, inside all policies. `exchange` and `work` run the given
 * function or fail as it would, and settle soon after the signal aborts.
 */
export interface FaultPoints {
  readonly exchange: (attempt: OutboundAttempt, send: () => Promise<HttpExchange>) => Promise<HttpExchange>;
  readonly work: <T>(attempt: OutboundAttempt, work: () => Promise<T>) => Promise<T>;
  /** Returns whether a fault makes data unavailable that this process reads without a call. */
  readonly isUnavailable: (point: string) => boolean;
}
