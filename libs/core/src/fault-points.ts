/** Injects the `FaultPoints` of a service, where it has any. */
export const FAULT_POINTS = Symbol.for('@film-store/fault-points');

/** Records what was injected: the part of an OpenTelemetry span that this needs. */
export interface FaultRecorder {
  setAttribute(name: string, value: string): unknown;
  addEvent(name: string, attributes: Readonly<Record<string, string>>): unknown;
}

/** One attempt that is about to leave this process. */
export interface Departure {
  /** The name of the upstream or dependency. */
  readonly point: string;
  /** Absent for what is not HTTP. */
  readonly method?: string;
  /** Path and query. */
  readonly path?: string;
  /** How far down the endpoint is in the order of preference, from 0. */
  readonly tier?: number | undefined;
  /** Ends when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** What records an injected fault. */
  readonly span?: FaultRecorder;
  /** A lost connection as the client in use tells it; absent: as Node does. */
  readonly asLost?: (cause: Error) => Error;
}

export interface Exchanged {
  readonly status: number;
  readonly data: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Where things can be made to go wrong on purpose: the last thing an attempt passes, so that every policy sees what
 * comes of it. The first two do what they are given, or fail in its place as it would itself, and settle soon after the signal.
 */
export interface FaultPoints {
  readonly exchange: (departure: Departure, send: () => Promise<Exchanged>) => Promise<Exchanged>;
  readonly work: <T>(departure: Departure, work: () => Promise<T>) => Promise<T>;
  /** Of what is read in this process and never asked: whether it is away now. */
  readonly isAway: (point: string) => boolean;
}
