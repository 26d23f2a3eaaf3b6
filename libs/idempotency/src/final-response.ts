import { type SpanContext, trace } from '@opentelemetry/api';

/** The response of an executed request. The first client and every replay get it. */
export interface FinalResponse {
  readonly status: number;
  /** Names in lower case. Only headers that `replayableHeaders` returns. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** The span of the execution that produced a stored response. */
export type Origin = Pick<SpanContext, 'traceId' | 'spanId' | 'traceFlags'>;

/**
 * A recorded response, with the span of its execution. `undefined` replaces a response over 1 MiB: the request runs again
 * with the same derived key.
 */
export type StoredResponse = (FinalResponse & { readonly origin?: Origin }) | undefined;

const MAX_STORED_BODY_BYTES = 1024 * 1024;

export function toStoredResponse(response: FinalResponse): StoredResponse {
  if (response.body.length > MAX_STORED_BODY_BYTES) return undefined;
  const span = trace.getActiveSpan()?.spanContext();
  if (!span) return response;
  const { traceId, spanId, traceFlags } = span;
  return { ...response, origin: { traceId, spanId, traceFlags } };
}

/** Headers that describe the response itself. Cookies, dates, ids and the security policy belong to one exchange. */
const REPLAYABLE = /^(?:content-(?!length$|security-policy).*|location|etag|link)$/;

export const replayableHeaders = (
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): FinalResponse['headers'] =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && REPLAYABLE.test(name)
        ? [[name, Array.isArray(value) ? value : String(value)]]
        : [],
    ),
  );
