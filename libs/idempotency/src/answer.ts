/** A finished answer as every client gets it, the first and those of its replays. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; only what `replayableHeaders` leaves. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * What a record keeps of an answer: all that a replay needs, or `undefined` for one that is too large to keep, whose
 * replay has to be made anew from whoever owns the effect.
 */
export type KeptAnswer = Answer | undefined;

/** Larger bodies are not kept, in bytes. */
const LARGEST_KEPT_BODY = 1024 * 1024;

export const keptOf = (answer: Answer): KeptAnswer =>
  answer.body.length > LARGEST_KEPT_BODY ? undefined : answer;

/** What says something about the answer itself; cookies, dates and ids belong to one exchange. */
const REPLAYABLE = /^(?:content-(?!length$).*|location|etag|link)$/;

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
