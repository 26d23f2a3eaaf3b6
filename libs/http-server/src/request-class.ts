import type { FastifyRequest } from 'fastify';
import { type Hop, hopAtEdge, hopInside, monotonicNow } from '@film-store/core';
import type { RequestClass, ShedRequest } from '@film-store/load-shedding';
import { type ServerRequest, tellShed } from '@film-store/telemetry';
import { routePolicyOf } from './route-policy.ts';

/** What is known of a request from its head. */
export type Arrival =
  | { readonly kind: 'operation' }
  | { readonly kind: 'invalid'; readonly error: unknown }
  /** `deadline` is on the clock of `monotonicNow`; `hurried`: the client gives less time than is promised. */
  | { readonly kind: 'timed'; readonly hop: Hop; readonly deadline: number; readonly hurried: boolean };

/** The latency that is promised of reads (`deploy/prometheus/rules/slo.yml`), in milliseconds. */
const PROMISED_MS = 500;

const arrivals = new WeakMap<FastifyRequest, Arrival>();

/** Reads it when it is first asked for, on receipt: the time a request may take runs from then. */
export function arrivalOf(request: FastifyRequest, edge: boolean): Arrival {
  const known = arrivals.get(request);
  if (known) return known;
  const arrival = read(request, edge);
  arrivals.set(request, arrival);
  return arrival;
}

function read(request: FastifyRequest, edge: boolean): Arrival {
  const policy = routePolicyOf(request);
  if (!policy) return { kind: 'operation' };
  try {
    const hop = (edge ? hopAtEdge : hopInside)(request.headers, policy);
    const hurried = hop.timeoutMs < Math.min(PROMISED_MS, policy.budgetMs);
    return { kind: 'timed', hop, deadline: monotonicNow() + hop.timeoutMs, hurried };
  } catch (error) {
    return { kind: 'invalid', error };
  }
}

/** What its span tells of it. */
export const serverRequestOf = ({ method, url, headers, routeOptions }: FastifyRequest): ServerRequest => ({
  method,
  url,
  headers,
  route: routeOptions.url,
});

/** The priority and deadline of a request; `undefined` for one that needs no permit. */
export function requestClassOf(request: FastifyRequest, edge: boolean): RequestClass | undefined {
  const arrival = arrivalOf(request, edge);
  if (arrival.kind !== 'timed' || arrival.hop.timeoutMs === 0) return undefined;
  return { priority: arrival.hop.priority, deadline: arrival.deadline };
}

/** Records a shed request in the trace of its caller. */
export function recordShed(request: FastifyRequest, { status, priority, refusal }: ShedRequest): void {
  tellShed(serverRequestOf(request), status, { priority, refusal });
}
