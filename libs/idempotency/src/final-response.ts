import type { Origin } from './origin.ts';

/** The response of an executed request. The first client and every replay get it. */
export interface FinalResponse {
  readonly status: number;
  /** Names in lower case. Only headers that `replayableHeaders` returns. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * A recorded response, with the span of its execution. `undefined` replaces a response over 1 MiB: the request runs again
 * with the same derived key.
 */
export type StoredResponse = (FinalResponse & { readonly origin?: Origin }) | undefined;

const MAX_STORED_BODY_BYTES = 1024 * 1024;

export const toStoredResponse = (response: FinalResponse, origin: Origin | undefined): StoredResponse =>
  response.body.length > MAX_STORED_BODY_BYTES ? undefined : { ...response, ...(origin && { origin }) };

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
