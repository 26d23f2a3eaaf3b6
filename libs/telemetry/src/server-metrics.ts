import { type Attributes, metrics } from '@opentelemetry/api';
import { isOperation, problemKinds } from '#libs/http';

/** In seconds. Half a second is what users put up with, 1 and 5 are the budgets of reads and orders. */
export const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

const duration = metrics.getMeter('film-store/http-server').createHistogram('http.server.request.duration', {
  unit: 's',
  description: 'Time from the head of a request to the end of its answer',
  advice: { explicitBucketBoundaries: LATENCY_BUCKETS_S },
});

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Names of series and spans stay few, whatever clients send. */
export const knownMethod = (method: string): string => (METHODS.has(method) ? method : '_OTHER');

/** By method, status and route, all of which are few: made once each. */
const prepared = new Map<string, Attributes>();

/** Every status of a failure that a service responds with. */
const FAILURES = new Set(
  Object.values(problemKinds)
    .map(({ status }) => status)
    .filter((status) => status >= 500),
);

/**
 * Starts the series of a route at zero: those of its failures, which Prometheus would see no increase of where they are
 * born with the first ones, and that of its success, or else the first failures would be a share of too few.
 * Routes of operators get none, for no objective counts them and each series costs 13 lines of a scrape.
 */
export function startServerSeries(route: string, methods: Iterable<string>): void {
  if (isOperation(route)) return;
  // NaN makes the series and is counted neither as a request nor in the sum.
  for (const method of methods)
    for (const status of [method === 'POST' ? 201 : 200, ...FAILURES])
      duration.record(Number.NaN, attributesOf(method, route, status));
}

/**
 * Counts one answered request.
 * @param route the route's pattern; `undefined` where no route matched, so that addresses made up by strangers are
 * one series and not many
 */
export function recordServerRequest(
  method: string,
  route: string | undefined,
  status: number,
  durationMs: number,
): void {
  duration.record(durationMs / 1000, attributesOf(method, route, status));
}

function attributesOf(method: string, route: string | undefined, status: number): Attributes {
  const key = `${method} ${status} ${route}`;
  let attributes = prepared.get(key);
  if (!attributes) {
    attributes = {
      'http.request.method': knownMethod(method),
      'http.route': route ?? '(no route)',
      'http.response.status_code': status,
    };
    prepared.set(key, attributes);
  }
  return attributes;
}
