import { type Attributes, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { Problem } from '@film-store/problem';
import { withoutQueryValues } from '@film-store/core';
import type { UpstreamCall } from './transport.ts';

export interface AttemptToTell {
  readonly name: string;
  readonly endpoint: string;
  readonly call: UpstreamCall;
  readonly now: number;
}

/** Tells an attempt in its span, and one that is not the first in the span of the request it is made for too. */
export function describeAttempt(span: Span, { name, endpoint, call, now }: AttemptToTell): void {
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
  const attributes = {
    'upstream.attempt.why': extraAttempt.reason,
    'upstream.retry.budget': extraAttempt.budgetLeft,
    ...(extraAttempt.previousError !== undefined && {
      'upstream.attempt.after': toErrorType(extraAttempt.previousError),
    }),
  };
  span.setAttributes(attributes);
  trace
    .getActiveSpan()
    ?.addEvent(`upstream.${extraAttempt.reason}`, { upstream: name, attempt, ...attributes });
}

/** Endpoints are few: each is read once. */
const places = new Map<string, Attributes>();

/** Where an endpoint is, by the names of the semantic conventions. */
export function toServerAttributes(endpoint: string): Attributes {
  const known = places.get(endpoint);
  if (known) return known;
  const { protocol, hostname, port } = new URL(endpoint);
  const place = {
    'server.address': hostname.replace(/^\[|\]$/g, ''),
    'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  places.set(endpoint, place);
  return place;
}

/** Marks what a span is of as failed, and tells by what: a problem's code or an error's name, which are few. */
export function failSpan(span: Span, error: unknown): void {
  span.setAttribute('error.type', toErrorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function toErrorType(error: unknown): string {
  if (error instanceof Problem) return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
