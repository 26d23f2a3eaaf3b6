import type { Attributes } from '@opentelemetry/api';
import { isOperatorRoute } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';

/** In seconds. Half a second is what users put up with, 1 and 5 are the budgets of reads and orders. */
export const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const instruments = lazyInstruments('@film-store/telemetry', (meter) => ({
  duration: meter.createHistogram('http.server.request.duration', {
    unit: 's',
    description: 'Time from the head of a request to the end of its response',
    advice: { explicitBucketBoundaries: LATENCY_BUCKETS_S },
  }),
  clientDeadlines: meter.createCounter('http.server.client_deadline.exceeded', {
    description: 'Requests that ended with a 504 because their client gave them less time than is promised',
  }),
}));

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Names of series and spans stay few, whatever clients send. */
export const knownMethod = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

const routeAttributes = (method: string, route: string | undefined): Attributes => ({
  'http.request.method': knownMethod(method),
  'http.route': route ?? '(no route)',
});

/** By method, status and route, all of which are few: made once each. */
const prepared = new Map<string, Attributes>();

/** The `error.type` of a request whose connection closed before its response was sent: it has no status. */
export const CONNECTION_CLOSED = 'connection-closed';

/**
 * Starts the series of a route at zero: those of its failures and of clients that leave, which Prometheus would see no increase of where they are
 * born with the first ones, and that of its success, or else the first failures would be a share of too few.
 * Routes of operators get none, for no objective counts them and each series costs 13 lines of a scrape.
 * @param failures the statuses of failures that the service responds with
 */
export function startServerSeries(
  route: string,
  methods: Iterable<string>,
  failures: Iterable<number>,
): void {
  if (isOperatorRoute(route)) return;
  // NaN makes the series and is counted neither as a request nor in the sum.
  for (const method of methods)
    for (const status of [method === 'POST' ? 201 : 200, ...failures, undefined])
      instruments().duration.record(Number.NaN, attributesOf(method, route, status));
}

/**
 * Counts one request that has ended.
 * @param route the route's pattern; `undefined` where no route matched, so that addresses made up by strangers are
 * one series and not many
 * @param status of the response; `undefined` where the connection closed before the response was sent
 */
export function recordServerRequest(
  method: string,
  route: string | undefined,
  status: number | undefined,
  durationMs: number,
): void {
  instruments().duration.record(durationMs / 1000, attributesOf(method, route, status));
}

function attributesOf(method: string, route: string | undefined, status: number | undefined): Attributes {
  const key = `${method} ${status} ${route}`;
  let attributes = prepared.get(key);
  if (!attributes) {
    attributes = {
      ...routeAttributes(method, route),
      ...(status === undefined
        ? { 'error.type': CONNECTION_CLOSED }
        : { 'http.response.status_code': status }),
    };
    prepared.set(key, attributes);
    // The series starts at 0: the increase from nothing to the first value would not count.
    instruments().clientDeadlines.add(0, routeAttributes(method, route));
  }
  return attributes;
}

/** Counts one request that failed because its client gave it too little time, besides `recordServerRequest`. */
export function recordClientDeadline(method: string, route: string | undefined): void {
  instruments().clientDeadlines.add(1, routeAttributes(method, route));
}
