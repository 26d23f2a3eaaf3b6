import type { FastifyReply, FastifyRequest } from 'fastify';
import { ClientDisconnected } from '@film-store/core';
import { Problem } from '@film-store/problem';

/**
 * Returns a signal that aborts the work of a request:
 * - after `timeoutMs`, with the Problem `deadline-exceeded`, or `request-timeout` if the body is incomplete;
 * - when the client of a read leaves, with `ClientDisconnected`. A write continues, because its client may retry it with the
 *   same idempotency key and needs its outcome.
 *
 * @param respond is called with the problem before the signal aborts, so that the aborted work cannot respond first
 */
export function createRequestAbortSignal(
  { method, raw: message }: FastifyRequest,
  { raw }: FastifyReply,
  timeoutMs: number,
  respond: (problem: Problem) => void,
): AbortSignal {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    // The write of a client that left has ended in time.
    if (raw.writableEnded) return;
    const problem = message.complete
      ? new Problem('deadline-exceeded')
      : new Problem('request-timeout', { headers: { connection: 'close' } });
    respond(problem);
    controller.abort(problem);
  }, timeoutMs);
  raw.once('close', () => {
    const isAbandonedRead = !raw.writableFinished && (method === 'GET' || method === 'HEAD');
    if (raw.writableFinished || isAbandonedRead) clearTimeout(timer);
    if (isAbandonedRead) controller.abort(new ClientDisconnected('the client has left'));
  });
  return controller.signal;
}
