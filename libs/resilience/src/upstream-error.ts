import { Problem, type ProblemCode, problemBody } from '#libs/http';

/** What a call failed with before an answer was there, as the problem our own client gets. */
export function transportProblem(upstream: string, cause: unknown, timedOut: boolean): Problem {
  const code = codeOf(cause);
  if (timedOut)
    return new Problem('upstream-timeout', { detail: `${upstream} did not answer in time`, cause });
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return badResponse(upstream, 'the answer is larger than allowed', cause);
  return new Problem('upstream-unreachable', { detail: `${upstream} cannot be reached`, cause });
}

/**
 * What an answer with an error status means to our own client. A fault of the request is passed on where the
 * caller `expects` its code; a 503 and a 429 stay "try again later"; all else is the upstream answering badly.
 */
export function statusProblem(
  upstream: string,
  status: number,
  body: string,
  retryAfter: string | undefined,
  expects: readonly ProblemCode[],
): Problem {
  const told = problemBody.safeParse(parseJson(body)).data;
  if (told && told.status < 500 && expects.includes(told.code)) {
    const { code, status: toldStatus, detail, errors } = told;
    return new Problem(code, {
      status: toldStatus,
      ...(detail !== undefined && { detail }),
      ...(errors && { errors }),
    });
  }
  if (status === 503 || status === 429) {
    return new Problem('unavailable', {
      detail: `${upstream} asks to try again later`,
      headers: { 'retry-after': retryAfter ?? '1' },
    });
  }
  return badResponse(upstream, `it answered ${status}`);
}

/** An answer that is not what the contract promises. The client learns that, the log learns why. */
export const badResponse = (upstream: string, why: string, cause?: unknown): Problem =>
  new Problem('upstream-bad-response', {
    detail: `${upstream} answered badly`,
    cause: new Error(`${upstream}: ${why}`, { cause }),
  });

/** The parsed text, or `undefined` where it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The system's or undici's code of a failure, also where axios wrapped it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
