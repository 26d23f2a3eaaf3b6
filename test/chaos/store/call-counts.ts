/** Number of calls and attempts of the gateway to an upstream so far. */
export interface CallCounts {
  readonly attempts: number;
  /** Calls, whether or not they reached the upstream: attempts without retries and hedges, plus local rejections. */
  readonly calls: number;
}

/** Sums a metric's series that have all of the labels, from the text of `/metrics`; 0 if there is none. */
export function sumSeries(metrics: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce(
      (sum, line) =>
        sum +
        Number(
          line
            .slice(line.lastIndexOf('}') + 1)
            .trim()
            .split(' ')[0],
        ),
      0,
    );
}

export function callsTo(metrics: string, upstream: string): CallCounts {
  const attempts = sumSeries(metrics, 'upstream_attempt_duration_seconds_count', { upstream });
  const again =
    sumSeries(metrics, 'upstream_retries_total', { upstream, outcome: 'retried' }) +
    sumSeries(metrics, 'upstream_hedges_total', { upstream, outcome: 'hedged' });
  return {
    attempts,
    calls: attempts - again + sumSeries(metrics, 'upstream_rejections_total', { upstream }),
  };
}

/** Returns the attempts per call between two readings; 0 without calls. */
export function amplification(before: CallCounts, after: CallCounts): number {
  const calls = after.calls - before.calls;
  return calls === 0 ? 0 : (after.attempts - before.attempts) / calls;
}

/** Fetches the metrics of a service; empty if it does not respond. */
export const fetchMetrics = (url: string): Promise<string> =>
  fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2000) })
    .then((response) => response.text())
    .catch(() => '');
