import type { Origin } from './origin.ts';

/** The response of a finished request, the same for the first client and for every replay. */
export interface FinalResponse {
  readonly status: number;
  /** Names in lower case; only those that `replayableHeaders` returns. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * The response as a record holds it, with the span that it came from. `undefined` stands for a body over 1 MiB: such a
 * request runs again, with the same derived key.
 */
export type StoredResponse = (FinalResponse & { readonly origin?: Origin }) | undefined;

const MAX_STORED_BODY_BYTES = 1024 * 1024;

export const toStoredResponse = (response: FinalResponse, origin: Origin | undefined): StoredResponse =>
  response.body.length > MAX_STORED_BODY_BYTES ? undefined : { ...response, ...(origin && { origin }) };

/**
 * Headers that describe the response itself. Cookies, dates and ids belong to one exchange. A security policy is the
 * server's policy of today, although its name begins with `content-`.
 */
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
