import { type Span, SpanKind, TraceFlags, context as otel, propagation, trace } from '@opentelemetry/api';
import type { z } from 'zod';
import {
  type Clock,
  type HttpExchange,
  type FaultPoints,
  toInternalHeaders,
  type Priority,
  REQUEST_ID,
  requestContext,
  SERVICE_DRAINING,
  withoutQueryValues,
} from '@film-store/core';
import type { ProblemCode } from '@film-store/problem';
import { type AttemptOutcome, type RecordAttempt, toAttemptOutcome } from './attempt-metrics.ts';
import { describeAttempt, failSpan } from './attempt-span.ts';
import type { OutboundRequest } from './connection-pools.ts';
import { type Call, type CallContext, toOutcome } from './core/call.ts';
import type { Endpoints } from './core/endpoints.ts';
import { SCOPE } from './scope.ts';
import { badResponse, classify, parseJson, statusProblem, transportFailure } from './upstream-failure.ts';

const tracer = trace.getTracer(SCOPE);

export type HttpMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request to an upstream, ready to be sent as often as it takes. */
export interface PreparedRequest {
  readonly method: HttpMethod;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Checks the JSON of a response. Absent: the response is passed on as it is, each byte of its body one character. */
  readonly schema?: z.ZodType;
  readonly passThroughProblems: readonly ProblemCode[];
  readonly priority: Priority;
  readonly onResponse?: ResponseListener | undefined;
}

/** Hears of every answer to an attempt, the first being 1, whatever its status; names of headers are in lower case. */
export type ResponseListener = (headers: Readonly<Record<string, string>>, attempt: number) => void;

/** The pipeline passes on what it does not know: the request travels in the context. */
export interface UpstreamCall extends CallContext {
  readonly request: PreparedRequest;
  /** Shared by the attempts of one call. */
  readonly route: Route;
}

export interface Route {
  /** Where the latest attempt went: it failed, or is slow, where there is another one. */
  endpoint?: string;
}

/** Sends one request and reads its response. */
export type Send = (request: OutboundRequest, span: Span) => Promise<HttpExchange>;

export interface TransportDeps {
  readonly name: string;
  readonly send: Send;
  readonly endpoints: Pick<Endpoints, 'pick' | 'report' | 'answeredElsewhere' | 'drain'>;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** See `UpstreamOptions.internal`. */
  readonly internal: boolean;
  readonly clock: Clock;
  readonly record: RecordAttempt;
}

/** Sends one attempt to one endpoint, checks the response and reports the result to the endpoint and in metrics. */
export function createTransport(deps: TransportDeps): Call<unknown> {
  const { name, send, endpoints, internal, clock, record } = deps;
  const failToSend = (cause: unknown): never => {
    throw transportFailure(name, cause);
  };
  return async (context) => {
    const call = context as UpstreamCall;
    const { request, signal } = call;
    const sentAt = clock.now();
    const endpoint = endpoints.pick(call.route.endpoint, call.extraAttempt?.reason);
    call.route.endpoint = endpoint;
    const span = startAttemptSpan(request.method, name);
    if (span.isRecording()) describeAttempt(span, { name, endpoint, call, now: sentAt });
    let outcome: AttemptOutcome = 'success';
    try {
      const response = await send(toOutboundRequest(call, endpoint, span, deps), span).catch(failToSend);
      span.setAttribute('http.response.status_code', response.status);
      if (internal && response.headers[SERVICE_DRAINING] === 'true') endpoints.drain(endpoint);
      request.onResponse?.(response.headers, call.attempt);
      const value = readResponse(name, request, response);
      endpoints.report(endpoint, 'success', sentAt);
      return value;
    } catch (error) {
      // What ended an attempt from outside is the reason: its time was up, or its caller has left.
      const reason: unknown = signal.aborted ? signal.reason : error;
      const outlier = call.hurried === 'estimate' && endpoints.answeredElsewhere(endpoint, sentAt);
      endpoints.report(endpoint, toOutcome(classify(reason), outlier ? undefined : call.hurried), sentAt);
      failSpan(span, reason);
      outcome = toAttemptOutcome(reason);
      throw error;
    } finally {
      record(outcome, clock.now() - sentAt);
      span.end();
    }
  };
}

const toOutboundRequest = (
  call: UpstreamCall,
  endpoint: string,
  span: Span,
  { headers, clock }: TransportDeps,
): OutboundRequest => ({
  endpoint,
  method: call.request.method,
  path: call.request.url,
  headers: { ...headers, ...call.request.headers, ...toPropagatedHeaders(call, span, clock) },
  body: call.request.body ?? null,
  signal: call.signal,
  encoding: call.request.schema ? 'utf8' : 'latin1',
});

/** @throws Problem for an error status, `upstream-bad-response` for a body that does not match the schema */
function readResponse(
  name: string,
  { method, url, schema, passThroughProblems }: PreparedRequest,
  response: HttpExchange,
): unknown {
  const { status, data, headers } = response;
  if (status >= 400)
    throw statusProblem(
      name,
      { status, text: data, retryAfter: headers['retry-after'], response },
      passThroughProblems,
    );
  if (!schema) return response;
  const parsed = schema.safeParse(parseJson(data));
  if (!parsed.success)
    throw badResponse(name, `${method} ${withoutQueryValues(url)} broke the contract`, parsed.error);
  return parsed.data;
}

/** Returns a `Send` that passes the fault point of an upstream. */
export const sendThroughFaultPoint =
  (faultPoints: FaultPoints, point: string, endpoints: Endpoints, send: Send): Send =>
  (request, span) => {
    const { endpoint, method, path, signal } = request;
    const departure = { point, method, path, tier: endpoints.tierOf(endpoint), signal, span };
    return faultPoints.exchange(departure, () => send(request, span));
  };

/** Of a request that nobody records an attempt is not recorded either: the request's own span stands for it. */
function startAttemptSpan(method: string, name: string): Span {
  const request = trace.getActiveSpan();
  if (request && !(request.spanContext().traceFlags & TraceFlags.SAMPLED)) return request;
  return tracer.startSpan(`${method} ${name}`, { kind: SpanKind.CLIENT });
}

/**
 * Returns the W3C trace context and the request id, which join the upstream's spans and logs to ours, and the time and
 * the priority of this attempt. The retry attempt says that this service retries.
 */
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
  propagation.inject(trace.setSpan(otel.active(), span), headers);
  return headers;
}
