import { type Attributes, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { withoutQueryValues } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { UpstreamCall } from './transport.ts';

/** The instrumentation scope of this library's meters and tracers. */
export const SCOPE = '@film-store/resilience';

export const tracer = trace.getTracer(SCOPE);

/** Starts the span of an attempt. Returns the span of the request instead if that request is not sampled. */
export function startAttemptSpan(method: string, name: string): Span {
  const request = trace.getActiveSpan();
  if (request && !(request.spanContext().traceFlags & TraceFlags.SAMPLED)) return request;
  return tracer.startSpan(`${method} ${name}`, { kind: SpanKind.CLIENT });
}

/** Sets the attributes of an attempt. An extra attempt is also an event of the request's span. */
export function describeAttempt(
  span: Span,
  name: string,
  endpoint: string,
  call: UpstreamCall,
  now: number,
): void {
  const { request, attempt, deadline, extraAttempt } = call;
  span.setAttributes({
    'http.request.method': request.method,
    'http.request.resend_count': attempt - 1,
    'url.full': endpoint + withoutQueryValues(request.url),
    'server.service.name': name,
    ...toServerAttributes(endpoint),
    'upstream.time_left_ms': Math.round(deadline - now),
  });
  if (!extraAttempt) return;
  const { reason, budgetLeft, previousError } = extraAttempt;
  const attributes = {
    'upstream.attempt.reason': reason,
    'upstream.retry.budget': budgetLeft,
    ...(previousError !== undefined && { 'upstream.attempt.previous_error': toErrorType(previousError) }),
  };
  span.setAttributes(attributes);
  trace.getActiveSpan()?.addEvent(`upstream.${reason}`, { upstream: name, attempt, ...attributes });
}

const serverAttributes = new Map<string, Attributes>();

/** Returns the address of an endpoint by the names of the semantic conventions. Parses each endpoint once. */
export function toServerAttributes(endpoint: string): Attributes {
  const known = serverAttributes.get(endpoint);
  if (known) return known;
  const { protocol, hostname, port } = new URL(endpoint);
  const attributes = {
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  serverAttributes.set(endpoint, attributes);
  return attributes;
}

/** Starts the span of an execution; returns `undefined` if the span of the request is not recorded. */
export function startExecutionSpan(name: string, system?: string, summary?: string): Span | undefined {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return tracer.startSpan(summary ?? name, {
    kind: SpanKind.CLIENT,
    attributes: {
      'server.service.name': name,
      ...(system !== undefined && { 'db.system.name': system }),
      ...(summary !== undefined && {
        'db.query.summary': summary,
        'db.operation.name': summary.split(' ', 1)[0],
      }),
    },
  });
}

/** Marks a span as failed. Its `error.type` is the code of a problem or the name of an error, which are few. */
export function failSpan(span: Span, error: unknown): void {
  span.setAttribute('error.type', toErrorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function toErrorType(error: unknown): string {
  if (error instanceof Problem) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
