import type { Random } from '@film-store/core';

export interface BackoffSettings {
  /** Upper bound of the delay before the first retry, in milliseconds. Above 0. */
  readonly baseMs: number;
  /** Upper bound of every delay, in milliseconds. */
  readonly capMs: number;
}

export const BACKOFF_DEFAULTS: BackoffSettings = { baseMs: 50, capMs: 1_000 };

/**
 * Returns the delay before retry number `retry`, from 0, in milliseconds: "full jitter", `U(0, min(cap, base · 2^n))`.
 * Of the usual kinds of jitter it takes the fewest calls until all callers succeed
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export const backoffMs = (retry: number, { baseMs, capMs }: BackoffSettings, random: Random): number =>
  random() * Math.min(capMs, baseMs * 2 ** retry);
