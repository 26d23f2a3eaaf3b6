import type { Origin } from './origin.ts';

/** A finished answer as every client gets it, the first and those of its replays. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; only what `replayableHeaders` leaves. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * What a record keeps of an answer: all that a replay needs, or `undefined` for one that is too large to keep, whose
 * replay has to be made anew from whoever owns the effect. What was kept before origins were has none.
 */
export type KeptAnswer = (Answer & { readonly origin?: Origin }) | undefined;

/** Larger bodies are not kept, in bytes. */
const LARGEST_KEPT_BODY = 1024 * 1024;

export const keptOf = (answer: Answer, origin: Origin | undefined): KeptAnswer =>
  answer.body.length > LARGEST_KEPT_BODY ? undefined : { ...answer, ...(origin && { origin }) };

/**
 * What says something about the answer itself; cookies, dates and ids belong to one exchange, and a policy is the
 * service's of today, whatever its name begins with.
 */
const REPLAYABLE = /^(?:content-(?!length$|security-policy).*|location|etag|link)$/;

export const replayableHeaders = (
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Answer['headers'] =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value !== undefined && REPLAYABLE.test(name)
        ? [[name, Array.isArray(value) ? value : String(value)]]
        : [],
    ),
  );
