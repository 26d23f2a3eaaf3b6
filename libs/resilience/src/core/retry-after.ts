/**
 * What a `Retry-After` header asks for, in milliseconds from now: seconds, or a date in one of the three forms of
 * HTTP (RFC 9110, 10.2.3 and 5.6.7). A date that has passed is 0; what is neither is `undefined`.
 *
 * @param nowEpochMs the time of day, in milliseconds since 1970: the sender's date knows no other clock
 */
export function parseRetryAfter(header: string, nowEpochMs: number): number | undefined {
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  if (!STARTS_WITH_A_DAY.test(value)) return undefined;
  // The asctime form names no zone and means GMT all the same.
  const at = Date.parse(value.endsWith('GMT') ? value : `${value} GMT`);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowEpochMs);
}

const STARTS_WITH_A_DAY = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;
