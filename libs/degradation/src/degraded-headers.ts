import type { Degradation } from './degradation.ts';
import { DEGRADED } from '@film-store/core';

export interface DegradedHeadersOptions {
  /** The name of the service that serves old data: a token (RFC 9651 § 3.3.4). */
  readonly service: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How old the data of the route may be, in milliseconds. */
  readonly maxStaleMs: number;
}

/**
 * What tells a degraded answer from a good one without reading its body: which features, why and instead of what
 * (`X-Degraded`), and where old data is served, how old its oldest part is.
 *
 * - `Age` (RFC 9111 § 5.1) is in whole seconds.
 * - `stale-if-error` (RFC 5861 § 4) counts from when an answer is not fresh any more. Ours are fresh only the moment
 *   they are read, so it is `maxStaleMs`, how old the route's data may be.
 * - `ttl` (RFC 9211 § 2.5) is the freshness left, for the same reason the age, negative.
 */
export function degradedHeaders(
  degradations: readonly Degradation[],
  { service, now, maxStaleMs }: DegradedHeadersOptions,
): Record<string, string> {
  if (degradations.length === 0) return {};
  const headers = { [DEGRADED]: degradations.map(member).join(', ') };
  const oldest = oldestOf(degradations);
  if (!oldest) return headers;
  // Another replica's clock may be ahead of ours.
  const age = Math.max(0, Math.floor((now - oldest.at) / 1000));
  return {
    ...headers,
    age: String(age),
    'cache-control': `max-age=0, stale-if-error=${Math.floor(maxStaleMs / 1000)}`,
    'cache-status': `${service}; hit; ttl=${age === 0 ? 0 : -age}; detail=${oldest.reason}`,
  };
}

/** `reviews;reason=timeout;source=last-known-good`: one member of a list (RFC 9651) per degraded feature. */
const member = ({ feature, reason, source }: Degradation): string =>
  `${feature};reason=${reason};source=${source}`;

function oldestOf(degradations: readonly Degradation[]): { at: number; reason: string } | undefined {
  return degradations
    .flatMap(({ asOf, reason }) => (asOf === undefined ? [] : [{ at: Date.parse(asOf), reason }]))
    .reduce<{ at: number; reason: string } | undefined>(
      (oldest, each) => (oldest && oldest.at <= each.at ? oldest : each),
      undefined,
    );
}
