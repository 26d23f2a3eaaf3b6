import { REQUEST_ID } from '@film-store/core';
import { PROBLEM_MEDIA_TYPE, Problem } from '@film-store/problem';

const OVERLOADED = new Problem('overloaded');
let parts: string[] | undefined;
/** Serializes the body once, at its first use: the application has set the base of problem types by then. */
const toBody = (requestId: string): string =>
  (parts ??= JSON.stringify(OVERLOADED.toBody('@')).split('"@"')).join(JSON.stringify(requestId));
/** Clients wait from 1 s to this many seconds, at random, so that they do not all return at the same time. */
const RETRY_AFTER_MAX_S = 3;

/** @param close ends the connection. Otherwise Node would read the rest of the body and drop it. */
export const createOverloadedResponse = (requestId: string, random: () => number, close: boolean) => ({
  status: OVERLOADED.status,
  headers: {
    [REQUEST_ID]: requestId,
    'retry-after': String(1 + Math.floor(random() * RETRY_AFTER_MAX_S)),
    'cache-control': 'no-store',
    'content-type': PROBLEM_MEDIA_TYPE,
    ...(close && { connection: 'close' }),
  },
  body: toBody(requestId),
});

/** Returns `true` for a body of unknown length or longer than `limitBytes`: to read it costs more than a connection. */
export const isLargeBody = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  limitBytes: number,
): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > limitBytes;
