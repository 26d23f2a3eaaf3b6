import { DEGRADED } from '@film-store/core';
import type { Degradation } from './degradation.ts';

export interface DegradedHeadersOptions {
  /** Name of the service in `Cache-Status`: a token (RFC 9651 § 3.3.4). */
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Greatest age of old data in the response, in milliseconds. */
  readonly maxStaleMs: number;
}

/**
 * Returns headers that mark a degraded response: `X-Degraded` lists the features with their reasons and sources. If a value
 * is old, the others describe the oldest one:
 *
 * - `Age` (RFC 9111 § 5.1), in whole seconds.
 * - `Cache-Control` with `stale-if-error` (RFC 5861 § 4). It counts from the end of freshness, which is the time of the read.
 * - `Cache-Status` with `ttl` (RFC 9211 § 2.5), the freshness that is left. It is the negative age for the same reason.
 */
export function toDegradedHeaders(
  degradations: readonly Degradation[],
  { service, now, maxStaleMs }: DegradedHeadersOptions,
): Record<string, string> {
  if (degradations.length === 0) return {};
  const headers = {
    [DEGRADED]: degradations
      .map(({ feature, reason, source }) => `${feature};reason=${reason};source=${source}`)
      .join(', '),
  };
  const [oldest] = degradations
    .flatMap(({ asOf, reason }) => (asOf === undefined ? [] : [{ at: Date.parse(asOf), reason }]))
    .toSorted((a, b) => a.at - b.at);
  if (!oldest) return headers;
  // The clock of another replica may be ahead.
  const age = Math.max(0, Math.floor((now - oldest.at) / 1000));
  return {
    ...headers,
    age: String(age),
    'cache-control': `max-age=0, stale-if-error=${Math.floor(maxStaleMs / 1000)}`,
    'cache-status': `${service}; hit; ttl=${age === 0 ? 0 : -age}; detail=${oldest.reason}`,
  };
}
