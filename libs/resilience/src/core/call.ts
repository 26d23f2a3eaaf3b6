import type { Priority } from '@film-store/core';

/** What travels with one call through the pipeline. A policy that changes it passes a changed copy on. */
export interface CallContext {
  /** Ends the call: the caller has left, or a policy outside gave up. Each attempt gets one of its own. */
  readonly signal: AbortSignal;
  /** When the answer stops being of use, on the pipeline's clock in milliseconds; `Infinity` where nobody said. */
  readonly deadline: number;
  /** Which attempt of the call this is, from 1. */
  readonly attempt: number;
  /** Whether the call may be sent more than once: its method is idempotent, or it carries a key. */
  readonly idempotent: boolean;
  /** Who goes first where there is not room for all; absent: `normal`. */
  readonly priority?: Priority;
  /** How long an attempt may take, in milliseconds, where that is not for the latency of others to say. */
  readonly timeoutMs?: number;
  /**
   * Called when the attempt begins to wait for a permit. What it returns is called when the wait is over and the
   * attempt is sent. Must not throw.
   */
  readonly onWait?: () => () => void;
  /** The one call that finds out whether the upstream is back; it may take as long as the configuration allows. */
  readonly probe?: boolean;
  /** Present where the attempt has too little time for a timeout to be the upstream's failure. */
  readonly hurried?: Hurry;
  /** Absent for the first attempt of a call. */
  readonly extraAttempt?: ExtraAttempt;
}

/** What leaves an attempt too little time: its caller's deadline, or our own estimate of how long it takes. */
export type Hurry = 'caller' | 'estimate';

/** Why there is another attempt, for those who watch; it changes nothing. */
export interface ExtraAttempt {
  readonly reason: 'retry' | 'hedge';
  /** What the attempt before failed with; absent for a hedge, which does not wait for that. */
  readonly previousError?: unknown;
  /** How many more the budget would pay for. */
  readonly budgetLeft: number;
}

/** The signal of a call that nobody ends. */
export const NEVER: AbortSignal = new AbortController().signal;

/** Something that can be asked for, under the pipeline's control. It never throws; it rejects. */
export type Call<T> = (context: CallContext) => Promise<T>;

/** One layer of the pipeline: what it makes of the layers inside it. */
export type Policy = <T>(next: Call<T>) => Call<T>;

/**
 * How a settled call counts. `ignored` says nothing about the upstream: the caller cancelled, we rejected it
 * ourselves, or the request was the caller's own fault.
 */
export type Outcome = 'success' | 'failure' | 'ignored';

/**
 * What an error says of the upstream; `timeout`: it ran out of the time that the attempt was given. Must not throw.
 */
export type Classify = (error: unknown) => Exclude<Outcome, 'success'> | 'timeout';

/** A timeout is the upstream's failure, unless the attempt was hurried: then the time we gave is to blame. */
export function toOutcome(verdict: ReturnType<Classify>, hurried?: Hurry): Exclude<Outcome, 'success'> {
  if (verdict !== 'timeout') return verdict;
  return hurried ? 'ignored' : 'failure';
}
