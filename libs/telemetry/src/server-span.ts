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
import { CONNECTION_CLOSED, knownMethod } from './server-metrics.ts';

const tracer = trace.getTracer('@film-store/telemetry');

export interface ServerRequest {
  readonly method: string;
  /** The route's pattern, such as `/products/:id`; `undefined` where no route matched. */
  readonly route: string | undefined;
  /** Path and query; only the path is told. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Opens the span of one inbound request and returns the context to serve it in. Inside the platform it continues
 * the caller's trace; at the edge it starts a new one that links to the caller's, so that no stranger decides what
 * is sampled.
 */
export function startServerSpan(request: ServerRequest, edge: boolean): { span: Span; context: Context } {
  const method = knownMethod(request.method);
  const remote = propagation.extract(ROOT_CONTEXT, request.headers);
  const caller = trace.getSpanContext(remote);
  const parent = edge ? ROOT_CONTEXT : remote;
  const span = tracer.startSpan(
    request.route === undefined ? method : `${method} ${request.route}`,
    {
      kind: SpanKind.SERVER,
      ...(edge && caller && { links: [{ context: caller }] }),
      // What samplers go by.
      ...(request.route !== undefined && { attributes: { 'http.route': request.route } }),
    },
    parent,
  );
  if (span.isRecording()) {
    const [path = ''] = request.url.split('?', 1);
    // Services speak plain HTTP: TLS ends before them.
    span.setAttributes({ 'http.request.method': method, 'url.path': path, 'url.scheme': 'http' });
  }
  return { span, context: trace.setSpan(parent, span) };
}

/**
 * Tells a request that was shed in the trace of its caller inside the platform, where that is recorded. All others are
 * only counted: a refusal costs less than a span.
 */
export function tellShed(request: ServerRequest, status: number, why: Attributes): void {
  const { traceparent } = request.headers;
  if (typeof traceparent !== 'string') return;
  const flags = parseTraceParent(traceparent)?.traceFlags ?? TraceFlags.NONE;
  // One bit of eight: Trace Context Level 2 has a second one, for random trace ids, and reserves the others.
  if ((flags & TraceFlags.SAMPLED) === 0) return;
  const { span } = startServerSpan(request, false);
  span.addEvent('request.shed', why);
  endServerSpan(span, status);
}

/** @param status of the response; `undefined` where the connection closed before the response was sent */
export function endServerSpan(span: Span, status: number | undefined): void {
  if (status === undefined) span.setAttribute('error.type', CONNECTION_CLOSED);
  else span.setAttribute('http.response.status_code', status);
  if (status !== undefined && status >= 500) {
    span.setAttribute('error.type', String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
