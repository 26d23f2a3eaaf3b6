import { REQUEST_ID } from '@film-store/core';
import { PROBLEM_MEDIA_TYPE, PreparedProblem, Problem } from '@film-store/problem';

export const OVERLOADED = new PreparedProblem(new Problem('overloaded'));
/** Clients wait from 1 s to this many seconds, at random, so that they do not all return at the same time. */
const RETRY_AFTER_MAX_S = 3;

export const chooseRetryAfter = (random: () => number): string =>
  String(1 + Math.floor(random() * RETRY_AFTER_MAX_S));

/** @param close ends the connection. Otherwise Node would read the rest of the body and drop it. */
export const createOverloadedResponse = (requestId: string, retryAfter: string, close: boolean) => ({
  status: OVERLOADED.status,
  headers: {
    [REQUEST_ID]: requestId,
    'retry-after': retryAfter,
    'cache-control': 'no-store',
    'content-type': PROBLEM_MEDIA_TYPE,
    ...(close && { connection: 'close' }),
  },
  body: OVERLOADED.toBody(requestId),
});
