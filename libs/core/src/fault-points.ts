/** Injects the `FaultPoints` of a service, where it has any. */
export const FAULT_POINTS = Symbol.for('@film-store/fault-points');

/** Records what was injected: the part of an OpenTelemetry span that this needs. */
export interface FaultRecorder {
  setAttribute(name: string, value: string): unknown;
  addEvent(name: string, attributes: Readonly<Record<string, string>>): unknown;
}

/** An attempt that is about to leave this process. */
export interface OutboundAttempt {
  /** The name of the upstream or dependency. */
  readonly point: string;
  /** Absent for what is not HTTP. */
  readonly method?: string;
  /** Path and query. */
  readonly path?: string;
  /** How far down the endpoint is in the order of preference, from 0. */
  readonly priority?: number | undefined;
  /** Aborts when no caller waits for the response any more. */
  readonly signal: AbortSignal;
  /** Records an injected fault. */
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
 * The places where faults are injected. An attempt passes them last, so that every policy sees the effect. `exchange` and
 * `work` run what they are given, or fail as it would, and settle soon after the signal aborts.
 */
export interface FaultPoints {
  readonly exchange: (departure: OutboundAttempt, send: () => Promise<HttpExchange>) => Promise<HttpExchange>;
  readonly work: <T>(departure: OutboundAttempt, work: () => Promise<T>) => Promise<T>;
  /** Returns whether a fault makes something unavailable that this process reads without a call. */
  readonly isUnavailable: (point: string) => boolean;
}
