import type { FastifyRequest } from 'fastify';
import {
  type PropagatedContext,
  parsePublicHeaders,
  parseInternalHeaders,
  monotonicNow,
} from '@film-store/core';
import type { RequestClass, ShedRequest } from '@film-store/load-shedding';
import { type ServerRequest, tellShed } from '@film-store/telemetry';
import { routePolicyOf } from './route-policy.ts';

/** Who sends the requests: clients whose headers are not trusted, or other services of the platform. */
export type Trust = 'public' | 'internal';

/** A request, as its head describes it. */
export type ReceivedRequest =
  | { readonly kind: 'operation' }
  | { readonly kind: 'invalid'; readonly error: unknown }
  | {
      readonly kind: 'timed';
      readonly context: PropagatedContext;
      /** On the clock of `monotonicNow`. */
      readonly deadline: number;
      /** The client gives less time than the promised latency. */
      readonly isHurried: boolean;
    };

/** Latency that the service promises of reads, in milliseconds: a shorter deadline is the client's own choice. */
const PROMISED_MS = 500;

const received = new WeakMap<FastifyRequest, ReceivedRequest>();

/** Reads the head at the first call, on receipt: the time that a request may take runs from then. */
export function receiveRequest(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const known = received.get(request);
  if (known) return known;
  const read = readHead(request, trust);
  received.set(request, read);
  return read;
}

function readHead(request: FastifyRequest, trust: Trust): ReceivedRequest {
  const policy = routePolicyOf(request);
  if (!policy) return { kind: 'operation' };
  try {
    const parse = trust === 'public' ? parsePublicHeaders : parseInternalHeaders;
    const context = parse(request.headers, policy);
    const isHurried = context.timeoutMs < Math.min(PROMISED_MS, policy.budgetMs);
    return { kind: 'timed', context, deadline: monotonicNow() + context.timeoutMs, isHurried };
  } catch (error) {
    return { kind: 'invalid', error };
  }
}

/** Returns what the request's span records. */
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
  tellShed(toServerRequest(request), status, { priority, reason });
}
