import type { Random } from '@film-store/core';

export const BACKOFF_DEFAULTS = {
  /** Upper bound of the delay before the first retry, in milliseconds. Above 0. */
  baseMs: 50,
  /** Upper bound of every delay, in milliseconds. */
  capMs: 1_000,
};
export type BackoffSettings = Readonly<typeof BACKOFF_DEFAULTS>;

/**
 * Returns the delay before retry number `retry`, from 0, in milliseconds: "full jitter", `U(0, min(cap, base · 2^n))`.
 * Of the usual kinds of jitter it takes the fewest calls until all callers succeed
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export const backoffMs = (retry: number, { baseMs, capMs }: BackoffSettings, random: Random): number =>
  random() * Math.min(capMs, baseMs * 2 ** retry);
