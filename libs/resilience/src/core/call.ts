import type { Priority } from '@film-store/core';

/** Travels with one call through the pipeline. A policy that changes it passes on a changed copy. */
export interface CallContext {
  /** Aborts when the caller has left or an outer policy has abandoned the call. Each attempt has its own signal. */
  readonly signal: AbortSignal;
  /** Time after which the response is useless, in milliseconds on the pipeline's clock; `Infinity` for none. */
  readonly deadline: number;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Set if the call may be sent more than once. */
  readonly idempotent: boolean;
  /** @default 'normal' */
  readonly priority?: Priority;
  /** Timeout of an attempt, in milliseconds. @default the adaptive timeout */
  readonly timeoutMs?: number;
  /** Runs when the attempt starts to wait for a permit. Returns a function that runs after the wait. Must not throw. */
  readonly onWait?: () => () => void;
  /** Marks the probe of a half-open breaker. It gets the longest timeout that the configuration allows. */
  readonly probe?: boolean;
  /** Requests the full time, because the upstream is silent. One attempt at a time gets it. */
  readonly measures?: boolean;
  /** Set if the attempt has too little time for a timeout to count as a failure of the upstream. */
  readonly shortenedBy?: ShortenedBy;
  /** Absent for the first attempt of a call. */
  readonly extraAttempt?: ExtraAttempt;
}

/** The cause of a short timeout: the caller's deadline, or the estimate of the adaptive timeout. */
export type ShortenedBy = 'deadline' | 'estimate';

/** Describes a retry or a hedge in traces. It changes no decision. */
export interface ExtraAttempt {
  readonly reason: 'retry' | 'hedge';
  /** Error of the attempt before; absent for a hedge, which starts before the other attempt has failed. */
  readonly previousError?: unknown;
  /** Extra attempts that the retry budget still allows. */
  readonly budgetLeft: number;
}

export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

/** Performs one call. It never throws; it rejects. */
export type Call<T> = (context: CallContext) => Promise<T>;

/** Wraps the layers inside it. */
export type Policy = <T>(next: Call<T>) => Call<T>;

/**
 * How a settled call counts. An `ignored` call says nothing about the upstream: its caller left, it was rejected in
 * this process, or the request was invalid.
 */
export type Outcome = 'success' | 'failure' | 'ignored';

/** Classifies an error. `timeout`: the upstream took longer than the attempt was given. Must not throw. */
export type Classify = (error: unknown) => Exclude<Outcome, 'success'> | 'timeout';

/** Counts a timeout as a failure of the upstream, unless the time of the attempt was shortened. */
export function toOutcome(
  classification: ReturnType<Classify>,
  shortenedBy?: ShortenedBy,
): Exclude<Outcome, 'success'> {
  if (classification !== 'timeout') return classification;
  return shortenedBy ? 'ignored' : 'failure';
}
