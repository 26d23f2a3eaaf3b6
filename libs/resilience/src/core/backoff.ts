import type { Random } from '@film-store/core';

export interface BackoffSettings {
  /** The longest wait before the first retry, in milliseconds; above 0. */
  readonly baseMs: number;
  /** The longest wait before any, in milliseconds. */
  readonly capMs: number;
}

export const BACKOFF_DEFAULTS: BackoffSettings = { baseMs: 50, capMs: 1_000 };

/**
 * How long to wait before retry number `retry`, from 0, in milliseconds: "full jitter", `U(0, min(cap, base · 2^n))`.
 * Spreading over the whole range, and not around its end, takes the fewest calls until all callers got through
 * (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
 */
export const backoffMs = (retry: number, { baseMs, capMs }: BackoffSettings, random: Random): number =>
  random() * Math.min(capMs, baseMs * 2 ** retry);
