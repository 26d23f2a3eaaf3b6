/** Returns the smallest value that `share` (0 to 1] of the values do not exceed (nearest rank); NaN without values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
