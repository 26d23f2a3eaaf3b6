/** The value that `share` (0 to 1] of the values do not exceed (the nearest-rank definition); NaN of no values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
