import type { Attributes } from '@opentelemetry/api';
import { isOperatorRoute } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';

/** In seconds. 0.5 is the latency objective, 1 and 5 are the budgets of reads and orders. */
export const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const instruments = lazyInstruments('@film-store/telemetry', (meter) => ({
  duration: meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Time from the head of a request to the end of its response',
    advice: { explicitBucketBoundaries: LATENCY_BUCKETS_S },
  }),
  clientDeadlines: meter.createCounter('http.server.client_deadline.exceeded', {
    description: 'Requests with a 504 whose client allowed less time than the latency objective',
  }),
}));

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Bounds the number of series and of span names, whatever methods clients send. */
export const toKnownMethod = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

const toRouteAttributes = (method: string, route: string | undefined): Attributes => ({
  'http.request.method': toKnownMethod(method),
  'http.route': route ?? '(no route)',
});

/** By route, method and status: created once each. One joined key would be a new text for each request, which V8 must hash. */
const cache = new Map<string | undefined, Map<string, Map<number | undefined, Attributes>>>();

/** The `error.type` of a request whose connection closed before its response was sent. */
export const CONNECTION_CLOSED = 'connection-closed';

/**
 * Starts the series of a route at zero: of its success, of its failures, and of closed connections. Prometheus sees no
 * increase in a series that is born with its first failures. Routes of operators get none: they have no objective, and
 * each series costs 13 lines of a scrape.
 * @param failures the 5xx statuses of the service
 */
export function startServerSeries(
  route: string,
  methods: Iterable<string>,
  failures: Iterable<number>,
): void {
  if (isOperatorRoute(route)) return;
  for (const method of methods)
    for (const status of [method === 'POST' ? 201 : 200, ...failures, undefined])
      // NaN creates the series and counts neither as a request nor in the sum.
      instruments().duration.record(Number.NaN, toAttributes(method, route, status));
}

/**
 * Records one request that has ended.
 * @param route the route's pattern; `undefined` if no route matched, so that unknown paths share one series
 * @param status of the response; `undefined` if the connection closed before the response was sent
 */
export function recordServerRequest(
  method: string,
  route: string | undefined,
  status: number | undefined,
  durationMs: number,
): void {
  instruments().duration.record(durationMs / 1000, toAttributes(method, route, status));
}

export function recordClientDeadline(method: string, route: string | undefined): void {
  instruments().clientDeadlines.add(1, toRouteAttributes(method, route));
}

function toAttributes(method: string, route: string | undefined, status: number | undefined): Attributes {
  const cached = cache.get(route)?.get(method)?.get(status);
  if (cached) return cached;
  const routeAttributes = toRouteAttributes(method, route);
  const outcome =
    status === undefined ? { 'error.type': CONNECTION_CLOSED } : { 'http.response.status_code': status };
  const attributes = { ...routeAttributes, ...outcome };
  const methods = cache.get(route) ?? new Map<string, Map<number | undefined, Attributes>>();
  const statuses = methods.get(method) ?? new Map<number | undefined, Attributes>();
  cache.set(route, methods.set(method, statuses.set(status, attributes)));
  instruments().clientDeadlines.add(0, routeAttributes);
  return attributes;
}
