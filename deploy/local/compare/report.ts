/** The responses of one second. */
export interface SecondOfSide {
  readonly good: number;
  readonly degraded: number;
  /** Responses with an error, and requests without a response. */
  readonly failed: number;
  /** 99th percentile of the latencies, in milliseconds, with the time that customers wait until now. Null without any. */
  readonly p99Ms: number | null;
  /** Calls that reached an upstream. */
  readonly calls: number;
  /** Requests that were sent, whether or not they have responses. */
  readonly sent: number;
}

/** The view of a customer, for one kind of request. */
export type View =
  | { readonly state: 'none' }
  | { readonly state: 'waiting'; readonly seconds: number }
  | { readonly state: 'page'; readonly body: unknown }
  | { readonly state: 'error'; readonly status: number | null };

export interface Customer {
  readonly page: View;
  readonly order: View;
}

/** The same second on both sides. */
export interface Second {
  readonly ours: SecondOfSide;
  readonly twin: SecondOfSide;
}

export type Phase = 'starting' | 'warm-up' | 'fault' | 'recovery' | 'stopping' | 'ended' | 'failed';

/** A run, as the page shows it. */
export interface RunState {
  readonly scenario: string;
  readonly phase: Phase;
  /** Processes that have become ready, of `processes`. */
  readonly ready: number;
  readonly processes: number;
  /** Seconds until the run ends by itself. 0 before it has load and after its end. */
  readonly remainingS: number;
  /** Each second with load so far. */
  readonly seconds: readonly Second[];
  /** Index of the first second with the fault, and of the first one after it. Null until then. */
  readonly faultFrom: number | null;
  readonly faultTo: number | null;
  readonly customers: { readonly ours: Customer; readonly twin: Customer } | null;
  /** Why the two sides differ. */
  readonly sentence: string;
  /** Why the run failed. */
  readonly problem: string | null;
}
