/**
 * The longest `Retry-After` that is believed or sent, in seconds: as long as any setting may keep a breaker open. A
 * client that stayed away longer would miss a recovery that we notice ourselves.
 */
export const RETRY_AFTER_MAX_S = 600;

/**
 * Returns what a `Retry-After` header asks for, in milliseconds from now, at most `RETRY_AFTER_MAX_S`: seconds, or a
 * date in one of the three forms of HTTP (RFC 9110, 10.2.3 and 5.6.7). A date that has passed is 0; what is neither is
 * `undefined`.
 *
 * @param nowEpochMs the time of day, in milliseconds since 1970: the sender's date knows no other clock
 */
export function parseRetryAfter(header: string, nowEpochMs: number): number | undefined {
  const value = header.trim();
  if (/^\d+$/.test(value)) return bounded(Number(value) * 1_000);
  if (!STARTS_WITH_A_DAY.test(value)) return undefined;
  // The asctime form names no zone and means GMT all the same.
  const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : bounded(at - nowEpochMs);
}

/** Returns the header that asks a client to wait for `ms`, in whole seconds from 1 to `RETRY_AFTER_MAX_S`. */
export const retryAfter = (ms: number): { readonly 'retry-after': string } => ({
  'retry-after': String(Math.max(1, Math.ceil(bounded(ms) / 1_000))),
});

const bounded = (ms: number): number => Math.min(Math.max(0, ms), RETRY_AFTER_MAX_S * 1_000);

const STARTS_WITH_A_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;
