/**
 * Longest `Retry-After` that is accepted or sent, in seconds: as long as any setting may keep a breaker open. A client
 * that waits longer would miss a recovery.
 */
export const RETRY_AFTER_MAX_S = 600;

/**
 * Parses a `Retry-After` header: seconds, or a date in one of the three forms of HTTP (RFC 9110, 10.2.3 and 5.6.7).
 * Returns milliseconds from now, from 0 to `RETRY_AFTER_MAX_S`, or `undefined` for an invalid value.
 *
 * @param nowEpochMs milliseconds since 1970
 */
export function parseRetryAfter(header: string, nowEpochMs: number): number | undefined {
  const value = header.trim();
  if (/^\d+$/.test(value)) return clamp(Number(value) * 1_000);
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(value)) return undefined;
  // The asctime form has no zone but means GMT.
  const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : clamp(at - nowEpochMs);
}

/** Returns a `Retry-After` header in whole seconds, from 1 to `RETRY_AFTER_MAX_S`. */
export const retryAfter = (ms: number): { readonly 'retry-after': string } => ({
  'retry-after': String(Math.max(1, Math.ceil(clamp(ms) / 1_000))),
});

const clamp = (ms: number): number => Math.min(Math.max(0, ms), RETRY_AFTER_MAX_S * 1_000);
