import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  propagation,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { CONNECTION_CLOSED, toKnownMethod } from './server-metrics.ts';

const tracer = trace.getTracer('@film-store/telemetry');

export interface ServerRequest {
  readonly method: string;
  /** The route's pattern, such as `/products/:id`; `undefined` if no route matched. */
  readonly route: string | undefined;
  /** Path and query. The span records the path only. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Starts the span of an inbound request and returns the context for its handler.
 * @param trust `internal` continues the caller's trace. `public` starts a new trace with a link to the caller's, so that
 * an untrusted caller does not decide about sampling.
 */
export function startServerSpan(
  request: ServerRequest,
  trust: 'public' | 'internal',
): { span: Span; context: Context } {
  const method = toKnownMethod(request.method);
  const remote = propagation.extract(ROOT_CONTEXT, request.headers);
  const caller = trace.getSpanContext(remote);
  const parent = trust === 'public' ? ROOT_CONTEXT : remote;
  const span = tracer.startSpan(
    request.route === undefined ? method : `${method} ${request.route}`,
    {
      kind: SpanKind.SERVER,
      ...(trust === 'public' && caller && { links: [{ context: caller }] }),
      // Samplers need the route at the start.
      ...(request.route !== undefined && { attributes: { 'http.route': request.route } }),
    },
    parent,
  );
  if (span.isRecording()) {
    const [path = ''] = request.url.split('?', 1);
    // A proxy terminates TLS, so the services receive plain HTTP.
    span.setAttributes({ 'http.request.method': method, 'url.path': path, 'url.scheme': 'http' });
  }
  return { span, context: trace.setSpan(parent, span) };
}

/**
 * Records a request that no handler served in the trace of an internal caller, if that is sampled: a rejection costs less
 * than a span.
 * @param shed why the request was shed; absent if it was invalid
 */
export function recordUnservedSpan(request: ServerRequest, status: number, shed?: Attributes): void {
  const { traceparent } = request.headers;
  if (typeof traceparent !== 'string') return;
  const flags = parseTraceParent(traceparent)?.traceFlags ?? TraceFlags.NONE;
  // One of eight bits: Trace Context Level 2 defines a second one, for random trace ids.
  if ((flags & TraceFlags.SAMPLED) === 0) return;
  const { span } = startServerSpan(request, 'internal');
  if (shed) span.addEvent('request.shed', shed);
  endServerSpan(span, status);
}

/** @param status of the response; `undefined` if the connection closed before the response was sent */
export function endServerSpan(span: Span, status: number | undefined): void {
  if (status === undefined) span.setAttribute('error.type', CONNECTION_CLOSED);
  else span.setAttribute('http.response.status_code', status);
  if (status !== undefined && status >= 500) {
    span.setAttribute('error.type', String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
