import type { DegradationReason } from '@film-store/degradation';
import { eventually } from '../../support/eventually.ts';
import { sumSeries } from './call-counts.ts';
import { type ChaosStore, findPart } from './start-store.ts';
import { type Visit, isServed } from './visits.ts';

/** What a defence looks like at work. A fault under which none is seen has tested nothing. */
export interface ExpectedSignal {
  readonly name: string;
  /** How often it was seen so far; never falls. */
  readonly count: (observer: Observer) => number | Promise<number>;
}

export interface Observer {
  readonly store: ChaosStore;
  readonly visits: readonly Visit[];
}

/** Pages told that a feature was not the best there is, for one of these reasons. */
export const degraded = (feature: string, reasons: readonly DegradationReason[]): ExpectedSignal => {
  const parts = new Set(reasons.map((reason) => `${feature};${reason}`));
  return {
    name: `${feature} degraded: ${reasons.join(' or ')}`,
    count: ({ visits }) =>
      visits.filter(({ degradations }) => degradations.some((part) => parts.has(part))).length,
  };
};

/** Pages that waited at least `ms` for an upstream that is slow, and had all of a feature: the timeout let them wait. */
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

/** The gateway stopped asking an upstream. */
export const breakerOpens = (upstream: string): ExpectedSignal => ({
  name: `breaker of ${upstream} opens`,
  count: ({ store }) =>
    metric(store, 'gateway', 'upstream_breaker_transitions_total', { upstream, to: 'open' }),
});

/** The gateway asked an upstream again for what it had failed at. */
export const retries = (upstream: string): ExpectedSignal => ({
  name: `${upstream} is asked again`,
  count: ({ store }) => metric(store, 'gateway', 'upstream_retries_total', { upstream, outcome: 'retried' }),
});

/** The supervisor launched a part again. */
export const startsAgain = (part: string): ExpectedSignal => ({
  name: `${part} is started again`,
  count: ({ store }) => findPart(store, part).launches,
});

/** A part answered what readers want, not only whether it is well. */
export const serves = (part: string, route: string): ExpectedSignal => ({
  name: `${part} answers`,
  count: ({ store }) =>
    metric(store, part, 'http_server_request_duration_seconds_count', {
      http_route: route,
      http_response_status_code: '200',
    }),
});

/** Of a part that runs; a busy one is asked again, for a number that is missing would be taken for none. */
const metric = (
  store: ChaosStore,
  part: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> =>
  eventually(async () => {
    const url = `http://127.0.0.1:${findPart(store, part).port}/metrics`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    if (!response.ok) throw new Error(`${part} does not tell its metrics: ${response.status}`);
    return sumSeries(await response.text(), name, labels);
  });
