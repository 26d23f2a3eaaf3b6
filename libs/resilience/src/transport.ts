import type { HttpService } from '@nestjs/axios';
import { type Span, SpanKind, TraceFlags, context as otel, propagation, trace } from '@opentelemetry/api';
import type { z } from 'zod';
import {
  type Clock,
  type Exchanged,
  type FaultPoints,
  hopHeaders,
  type Priority,
  REQUEST_ID,
  requestContext,
  SERVICE_DRAINING,
  withoutQueryValues,
} from '@film-store/core';
import type { ProblemCode } from '@film-store/problem';
import { describeAttempt, failSpan } from './attempt-span.ts';
import { type Call, type CallContext, outcomeOf } from './core/call.ts';
import type { Endpoints } from './core/endpoints.ts';
import { badResponse, classify, parseJson, statusProblem, transportFailure } from './upstream-failure.ts';

const tracer = trace.getTracer('film-store/upstream');

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
  readonly expects: readonly ProblemCode[];
  readonly priority: Priority;
  readonly onAnswer?: AnswerListener | undefined;
}

/** Hears of every answer to an attempt, the first being 1, whatever its status; names of headers are in lower case. */
export type AnswerListener = (headers: Readonly<Record<string, string>>, attempt: number) => void;

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

export interface TransportDeps {
  readonly name: string;
  readonly http: HttpService;
  readonly endpoints: Pick<Endpoints, 'pick' | 'tierOf' | 'report' | 'answeredElsewhere' | 'drain'>;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** See `UpstreamOptions.internal`. */
  readonly internal: boolean;
  readonly clock: Clock;
  readonly faultPoints?: FaultPoints | undefined;
}

/**
 * Sends one attempt to one endpoint and checks what comes back. The adapter of axios is called directly: its core
 * would merge configuration and headers anew for each call, which costs more than the call.
 */
export function createTransport({
  name,
  http,
  endpoints,
  headers: own,
  internal,
  clock,
  faultPoints,
}: TransportDeps): Call<unknown> {
  const direct = http.axiosRef.defaults.adapter as unknown as Send;
  const send = faultPoints ? throughPoint(faultPoints, direct, name, endpoints) : direct;

  async function attempt(call: UpstreamCall, span: Span, endpoint: string) {
    const { request, signal } = call;
    const { method, url, body: data } = request;
    const headers = { ...own, ...request.headers, ...correlation(span), ...hop(call, clock) };
    const config = {
      method,
      url,
      baseURL: endpoint,
      headers,
      data,
      signal,
      ...(!request.schema && { responseEncoding: 'latin1' as const }),
    };
    const response = await send(config, span).catch((error: unknown) => {
      throw transportFailure(name, error);
    });
    const { status, headers: answered } = response;
    span.setAttribute('http.response.status_code', status);
    if (internal && answered[SERVICE_DRAINING] === 'true') endpoints.drain(endpoint);
    request.onAnswer?.(answered, call.attempt);
    if (status >= 400) {
      const answer = { status, text: response.data, retryAfter: answered['retry-after'], response };
      throw statusProblem(name, answer, request.expects);
    }
    if (!request.schema) return response;
    const parsed = request.schema.safeParse(parseJson(response.data));
    if (!parsed.success)
      throw badResponse(name, `${method} ${withoutQueryValues(url)} broke the contract`, parsed.error);
    return parsed.data;
  }

  return async (context) => {
    const call = context as UpstreamCall;
    const sentAt = clock.now();
    const endpoint = endpoints.pick(call.route.endpoint, call.again?.why);
    call.route.endpoint = endpoint;
    const span = startAttemptSpan(call.request.method, name);
    if (span.isRecording()) describeAttempt(span, { name, endpoint, call, now: sentAt });
    try {
      const value = await attempt(call, span, endpoint);
      endpoints.report(endpoint, 'success', sentAt);
      return value;
    } catch (error) {
      // What ended an attempt from outside tells why: its time was up, or nobody wanted the answer any more.
      const why: unknown = call.signal.aborted ? call.signal.reason : error;
      const outlier = call.hurried === 'estimate' && endpoints.answeredElsewhere(endpoint, sentAt);
      endpoints.report(endpoint, outcomeOf(classify(why), outlier ? undefined : call.hurried), sentAt);
      failSpan(span, why);
      throw error;
    } finally {
      span.end();
    }
  };
}

interface ToSend {
  readonly method: string;
  readonly url: string;
  readonly baseURL: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string | Uint8Array | undefined;
  readonly responseEncoding?: 'latin1';
  readonly signal: AbortSignal;
}

/** Our adapter of axios, as it is called here: with a configuration that is plain, for an answer that is text. */
type Send = (config: ToSend, span: Span) => Promise<Exchanged>;

/** Sends through the upstream's fault point. */
const throughPoint =
  (faultPoints: FaultPoints, send: Send, point: string, endpoints: TransportDeps['endpoints']): Send =>
  (config, span) => {
    const { method, url: path, baseURL, signal } = config;
    const departure = { point, method, path, tier: endpoints.tierOf(baseURL), signal, span };
    return faultPoints.exchange(departure, () => send(config, span));
  };

/** Of a request that nobody records an attempt is not recorded either: the request's own span stands for it. */
function startAttemptSpan(method: string, name: string): Span {
  const request = trace.getActiveSpan();
  if (request && !(request.spanContext().traceFlags & TraceFlags.SAMPLED)) return request;
  return tracer.startSpan(`${method} ${name}`, { kind: SpanKind.CLIENT });
}

/** What joins the upstream's logs and spans to ours: W3C trace context and the request id. */
function correlation(span: Span): Record<string, string> {
  const headers: Record<string, string> = {};
  const requestId = requestContext.get()?.requestId;
  if (requestId !== undefined) headers[REQUEST_ID] = requestId;
  propagation.inject(trace.setSpan(otel.active(), span), headers);
  return headers;
}

/** How long the upstream has for this attempt, how important it is, and who retries. */
function hop({ deadline, attempt, idempotent, request }: UpstreamCall, clock: Clock): Record<string, string> {
  const above = requestContext.get()?.retryAttempt;
  const retryAttempt = above ?? (idempotent ? attempt - 1 : undefined);
  return hopHeaders({
    timeoutMs: deadline - clock.now(),
    priority: request.priority,
    ...(retryAttempt !== undefined && { retryAttempt }),
  });
}
