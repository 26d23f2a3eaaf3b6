import type { FastifyRequest } from 'fastify';
import {
  type PropagatedContext,
  parsePublicHeaders,
  parseInternalHeaders,
  monotonicNow,
} from '@film-store/core';
import type { RequestClass, ShedRequest } from '@film-store/load-shedding';
import { type ServerRequest, recordShedSpan } from '@film-store/telemetry';
import { findRoutePolicy } from './route-policy.ts';

/** `public`: the headers of clients are not trusted. `internal`: other services send the requests. */
export type Trust = 'public' | 'internal';

/** A request as its headers describe it. */
export type ReceivedRequest =
  | { readonly kind: 'operation' }
  | { readonly kind: 'invalid'; readonly error: unknown }
  | {
      readonly kind: 'timed';
      readonly context: PropagatedContext;
      /** On the clock of `monotonicNow`. */
      readonly deadline: number;
      /** The client allows less time than the latency objective. */
      readonly hasShortDeadline: boolean;
    };

/** Latency objective of reads, in milliseconds. A client that sets a shorter deadline accepts more failures. */
const OBJECTIVE_MS = 500;

const received = new WeakMap<FastifyRequest, ReceivedRequest>();

/** Parses the headers at the first call, which must be on receipt: the deadline counts from then. */
export function receiveRequest(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const result = received.get(request) ?? parseRequest(request, trust);
  received.set(request, result);
  return result;
}

function parseRequest(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const policy = findRoutePolicy(request);
  if (!policy) return { kind: 'operation' };
  try {
    const parse = trust === 'public' ? parsePublicHeaders : parseInternalHeaders;
    const context = parse(request.headers, policy);
    const hasShortDeadline = context.timeoutMs < Math.min(OBJECTIVE_MS, policy.budgetMs);
    return { kind: 'timed', context, deadline: monotonicNow() + context.timeoutMs, hasShortDeadline };
  } catch (error) {
    return { kind: 'invalid', error };
  }
}

/** Returns the properties that the span of the request records. */
export const toServerRequest = ({ method, url, headers, routeOptions }: FastifyRequest): ServerRequest => ({
  method,
  url,
  headers,
  route: routeOptions.url,
});

/** Returns `undefined` for a request that needs no permit. */
export function toRequestClass(request: FastifyRequest, trust: Trust): RequestClass | undefined {
  const received = receiveRequest(request, trust);
  if (received.kind !== 'timed' || received.context.timeoutMs === 0) return undefined;
  return { priority: received.context.priority, deadline: received.deadline };
}

/** Records a shed request in the trace of its caller. */
export function recordShed(request: FastifyRequest, { status, priority, reason }: ShedRequest): void {
  recordShedSpan(toServerRequest(request), status, { priority, reason });
}
