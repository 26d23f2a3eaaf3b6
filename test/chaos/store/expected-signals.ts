import type { DegradationReason } from '@film-store/degradation';
import { eventually } from '../../support/eventually.ts';
import { sumSeries } from './call-counts.ts';
import { type ChaosStore, findPart } from './start-store.ts';
import { type Visit, isServed } from './visits.ts';

/** A sign that a defense worked. A fault without a signal has tested nothing. */
export interface ExpectedSignal {
  readonly name: string;
  /** Number of observations so far. It never falls. */
  readonly count: (observer: Observer) => number | Promise<number>;
}

export interface Observer {
  readonly store: ChaosStore;
  readonly visits: readonly Visit[];
}

/** Pages whose feature was degraded for one of these reasons. */
export const degraded = (feature: string, reasons: readonly DegradationReason[]): ExpectedSignal => {
  const parts = new Set(reasons.map((reason) => `${feature};${reason}`));
  return {
    name: `${feature} degraded: ${reasons.join(' or ')}`,
    count: ({ visits }) =>
      visits.filter(({ degradations }) => degradations.some((part) => parts.has(part))).length,
  };
};

/** Pages that waited at least `ms` for a slow upstream and had the complete feature: the timeout let them wait. */
export const waits = (feature: string, ms: number): ExpectedSignal => ({
  name: `${feature} whole after ${ms} ms or more`,
  count: ({ visits }) =>
    visits.filter(
      (visit) =>
        isServed(visit) &&
        visit.ms >= ms &&
        !visit.degradations.some((part) => part.startsWith(`${feature};`)),
    ).length,
});

/** The breaker of the gateway for this upstream opened. */
export const breakerOpens = (upstream: string): ExpectedSignal => ({
  name: `breaker of ${upstream} opens`,
  count: ({ store }) =>
    metric(store, 'gateway', 'upstream_breaker_transitions_total', { upstream, to: 'open' }),
});

/** The gateway retried a failed call to this upstream. */
export const retries = (upstream: string): ExpectedSignal => ({
  name: `${upstream} is retried`,
  count: ({ store }) => metric(store, 'gateway', 'upstream_retries_total', { upstream, outcome: 'retried' }),
});

/** The supervisor restarted a part. */
export const startsAgain = (part: string): ExpectedSignal => ({
  name: `${part} is started again`,
  count: ({ store }) => findPart(store, part).launches,
});

/** A part served requests of readers, not only health checks. */
export const serves = (part: string, route: string): ExpectedSignal => ({
  name: `${part} responds`,
  count: ({ store }) =>
    metric(store, part, 'http_server_request_duration_seconds_count', {
      http_route: route,
      http_response_status_code: '200',
    }),
});

/** Reads a part that runs. A busy part is read again, because a missing number would count as zero. */
const metric = (
  store: ChaosStore,
  part: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> =>
  eventually(async () => {
    const url = `http://127.0.0.1:${findPart(store, part).port}/metrics`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`${part} sends no metrics: ${response.status}`);
    return sumSeries(await response.text(), name, labels);
  });
