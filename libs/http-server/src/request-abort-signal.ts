import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientDisconnected } from '@film-store/core';
import { Problem } from '@film-store/problem';

/**
 * The signal that ends a request's work: with a `deadline-exceeded` Problem after `timeoutMs` milliseconds, a
 * `request-timeout` where it is the body that is not there by then, or with `ClientLeft` when the client of a read has
 * gone. A write goes on until its deadline, for a client that comes back with the same key has to find its outcome.
 * `answer` is called first with the problem, so that what the signal stops cannot answer in its place.
 */
export function createRequestAbortSignal(
  { method, raw: message }: FastifyRequest,
  { raw }: FastifyReply,
  timeoutMs: number,
  answer: (problem: Problem) => void,
): AbortSignal {
  const work = new AbortController();
  const timer = setTimeout(() => {
    // Done for a client that had left.
    if (raw.writableEnded) return;
    const problem = message.complete ? new Problem('deadline-exceeded') : tooSlow();
    answer(problem);
    work.abort(problem);
  }, timeoutMs);
  raw.once('close', () => {
    if (raw.writableFinished) clearTimeout(timer);
    else if (method === 'GET' || method === 'HEAD') {
      clearTimeout(timer);
      work.abort(new ClientDisconnected('the client has left'));
    }
  });
  return work.signal;
}

/** What is left of the body is not waited for. */
const tooSlow = (): Problem => new Problem('request-timeout', { headers: { connection: 'close' } });
