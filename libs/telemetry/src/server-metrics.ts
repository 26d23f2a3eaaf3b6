import { type Attributes, metrics } from '@opentelemetry/api';

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
  duration.record(durationMs / 1000, attributes);
}
