import { type Span, context as otel, propagation, trace } from '@opentelemetry/api';
import type { z } from 'zod';
import {
  type Clock,
  type FaultPoints,
  type HttpExchange,
  type Priority,
  REQUEST_ID,
  requestContext,
  SERVICE_DRAINING,
  toInternalHeaders,
  withoutQueryValues,
} from '@film-store/core';
import type { ProblemCode } from '@film-store/problem';
import { type AttemptOutcome, type RecordAttempt, toAttemptOutcome } from './call-metrics.ts';
import type { OutboundRequest } from './connection-pools.ts';
import { type Call, type CallContext, toOutcome } from './core/call.ts';
import type { Endpoints } from './core/endpoints.ts';
import { describeAttempt, failSpan, startAttemptSpan } from './spans.ts';
import { badResponse, classify, parseJson, statusProblem, transportFailure } from './upstream-failure.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request to an upstream, which may be sent several times. */
export interface PreparedRequest {
  readonly method: HttpMethod;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Checks the JSON of a response. Without it the response is returned as it is, with one character for each byte. */
  readonly schema?: z.ZodType;
  readonly passThroughProblems: readonly ProblemCode[];
  readonly priority: Priority;
  readonly onResponse?: ResponseListener | undefined;
}

/** Receives the headers of each response, with any status. Names are in lower case. The first attempt is 1. */
export type ResponseListener = (headers: Readonly<Record<string, string>>, attempt: number) => void;

/** Carries the request through the pipeline, which passes on the members that it does not know. */
export interface UpstreamCall extends CallContext {
  readonly request: PreparedRequest;
  /** Shared by the attempts of one call. `endpoint` is that of the latest attempt. */
  readonly route: { endpoint?: string };
}

/** Sends one request and reads its response. */
export type Send = (request: OutboundRequest, span: Span) => Promise<HttpExchange>;

export interface TransportDeps {
  readonly name: string;
  readonly send: Send;
  readonly endpoints: Endpoints;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** See `UpstreamOptions.internal`. */
  readonly internal: boolean;
  readonly clock: Clock;
  /** Absent for pings: their results are reported neither to the endpoints nor in metrics. */
  readonly record?: RecordAttempt;
}

/** Sends one attempt to one endpoint, checks the response and reports the result to the endpoint and in metrics. */
export function createTransport(deps: TransportDeps): Call<unknown> {
  const { name, send, endpoints, headers, internal, clock, record } = deps;
  const failToSend = (cause: unknown): never => {
    throw transportFailure(name, cause);
  };
  return async (context) => {
    const call = context as UpstreamCall;
    const { request, signal, shortenedBy } = call;
    const sentAt = clock.now();
    const endpoint = endpoints.pick(call.route.endpoint, call.extraAttempt?.reason);
    call.route.endpoint = endpoint;
    const span = startAttemptSpan(request.method, name);
    if (span.isRecording()) describeAttempt(span, name, endpoint, call, sentAt);
    let outcome: AttemptOutcome = 'success';
    try {
      const outbound: OutboundRequest = {
        endpoint,
        method: request.method,
        path: request.url,
        headers: { ...headers, ...request.headers, ...toPropagatedHeaders(call, span, clock) },
        body: request.body ?? null,
        signal,
        encoding: request.schema ? 'utf8' : 'latin1',
      };
      const response = await send(outbound, span).catch(failToSend);
      span.setAttribute('http.response.status_code', response.status);
      if (record && internal && response.headers[SERVICE_DRAINING] === 'true') endpoints.drain(endpoint);
      request.onResponse?.(response.headers, call.attempt);
      const value = readResponse(name, request, response);
      if (record) endpoints.report(endpoint, 'success', sentAt);
      return value;
    } catch (error) {
      // An aborted attempt ended for the reason of its signal: a timeout, or its caller left.
      const reason: unknown = signal.aborted ? signal.reason : error;
      const isOutlier = shortenedBy === 'estimate' && endpoints.respondedElsewhere(endpoint, sentAt);
      const result = toOutcome(classify(reason), isOutlier ? undefined : shortenedBy);
      if (record) endpoints.report(endpoint, result, sentAt);
      failSpan(span, reason);
      outcome = toAttemptOutcome(reason);
      throw error;
    } finally {
      record?.(outcome, clock.now() - sentAt);
      span.end();
    }
  };
}

/** A value that matches its schema, with the JSON from which it was read. The JSON may have further properties. */
export interface CheckedResponse<T> {
  readonly value: T;
  readonly json: string;
}

/** @throws Problem for an error status, `upstream-bad-response` for a body that does not match the schema */
function readResponse(
  name: string,
  { method, url, schema, passThroughProblems }: PreparedRequest,
  response: HttpExchange,
): unknown {
  if (response.status >= 400) throw statusProblem(name, response, passThroughProblems);
  if (!schema) return response;
  const parsed = schema.safeParse(parseJson(response.data));
  if (!parsed.success) {
    const message = `the response to ${method} ${withoutQueryValues(url)} does not match its schema`;
    throw badResponse(name, message, parsed.error);
  }
  return { value: parsed.data, json: response.data };
}

/** Returns a `Send` that passes the fault point of an upstream. */
export const sendThroughFaultPoint =
  (faultPoints: FaultPoints, point: string, endpoints: Endpoints, send: Send): Send =>
  (request, span) => {
    const { endpoint, method, path, signal } = request;
    const priority = endpoints.findPriority(endpoint);
    return faultPoints.exchange({ point, method, path, priority, signal, span }, () => send(request, span));
  };

/** `X-Retry-Attempt` shows the upstream that this service retries. */
function toPropagatedHeaders(
  { deadline, attempt, idempotent, request }: UpstreamCall,
  span: Span,
  clock: Clock,
): Record<string, string> {
  const { requestId, retryAttempt = idempotent ? attempt - 1 : undefined } = requestContext.get() ?? {};
  const headers = toInternalHeaders({
    timeoutMs: deadline - clock.now(),
    priority: request.priority,
    ...(retryAttempt !== undefined && { retryAttempt }),
  });
  if (requestId !== undefined) headers[REQUEST_ID] = requestId;
  const active = otel.active();
  // The span of an attempt that is not sampled is the active one. A new context would copy its map.
  propagation.inject(trace.getSpan(active) === span ? active : trace.setSpan(active, span), headers);
  return headers;
}
