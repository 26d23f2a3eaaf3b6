import type { FastifyRequest } from 'fastify';
import {
  AttachedValue,
  type PropagatedContext,
  parsePublicHeaders,
  parseInternalHeaders,
  monotonicNow,
} from '@film-store/core';
import type { RequestClass, ShedRequest } from '@film-store/load-shedding';
import { PreparedProblem, toProblem } from '@film-store/problem';
import { type ServerRequest, recordUnservedSpan } from '@film-store/telemetry';
import { findRejection } from './find-rejection.ts';
import { findRoutePolicy } from './route-policy.ts';

/** `public`: the headers of clients are not trusted. `internal`: other services send the requests. */
export type Trust = 'public' | 'internal';

/** A request as its headers describe it. */
export type ReceivedRequest =
  | { readonly kind: 'operation' }
  /** No handler serves it. */
  | { readonly kind: 'rejected'; readonly problem: PreparedProblem }
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

const received = new AttachedValue<FastifyRequest, ReceivedRequest>('received');

/** Parses the headers at the first call, which must be on receipt: the deadline counts from then. */
export function receiveRequest(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const known = received.get(request);
  if (known) return known;
  const result = parseRequest(request, trust);
  received.set(request, result);
  return result;
}

function parseRequest(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const problem = findRejection(request);
  if (problem) return { kind: 'rejected', problem };
  const policy = findRoutePolicy(request);
  if (!policy) return { kind: 'operation' };
  try {
    const parse = trust === 'public' ? parsePublicHeaders : parseInternalHeaders;
    const parsed = parse(request.headers, policy);
    const context = policy.isSheddable?.(request.url)
      ? ({ ...parsed, priority: 'sheddable' } as const)
      : parsed;
    const hasShortDeadline = context.timeoutMs < Math.min(OBJECTIVE_MS, policy.budgetMs);
    return { kind: 'timed', context, deadline: monotonicNow() + context.timeoutMs, hasShortDeadline };
  } catch (error) {
    return { kind: 'rejected', problem: new PreparedProblem(toProblem(error)) };
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
  // No client misses its response: it is shed before the requests of pages and orders.
  if (received.kind === 'rejected') return { priority: 'sheddable', deadline: Infinity, holdsPermit: false };
  if (received.kind !== 'timed' || received.context.timeoutMs === 0) return undefined;
  return { priority: received.context.priority, deadline: received.deadline };
}

/** Records a shed request in the trace of its caller. */
export function recordShed(request: FastifyRequest, { status, priority, reason }: ShedRequest): void {
  recordUnservedSpan(toServerRequest(request), status, { priority, reason });
}

/** Records a rejected request in the trace of its caller. */
export const recordRejection = (request: FastifyRequest, status: number): void =>
  recordUnservedSpan(toServerRequest(request), status);
