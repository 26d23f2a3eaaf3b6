import type { Socket } from 'node:net';
import { Problem, PROBLEM_MEDIA_TYPE } from '@film-store/problem';
import { REQUEST_ID, newRequestId } from '@film-store/core';
import { openResponses } from './open-responses.ts';

/** Connections whose bytes are no longer parsed. */
const failed = new WeakSet<Socket>();

/**
 * Responds to bytes that the HTTP parser of Node cannot read, and closes the connection. The requests that were read
 * before may have effects, so they get their responses first.
 * @param headers of every response of the server
 */
export function respondToUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
  // The parser fails again with every chunk after the first error.
  if (failed.has(socket)) return;
  failed.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(error.code);
  const open = openResponses(socket);
  const pending = open.filter(({ req, writableEnded }) => req.complete || writableEnded);
  const last = pending.at(-1);
  if (!last) return respond(problem, socket, headers);
  socket.pause();
  // If only unreadable bytes follow, the last response announces the end of the connection.
  if (pending.length === open.length) last.shouldKeepAlive = false;
  last.once('close', () => {
    if (socket.writable) respond(problem, socket, headers);
  });
}

/** Writes to the socket, because there is no response object for a request that was not parsed. */
function respond(problem: Problem, socket: Socket, headers: Readonly<Record<string, string>>): void {
  const requestId = newRequestId();
  const body = JSON.stringify(problem.toBody(requestId));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.code}`,
      `content-type: ${PROBLEM_MEDIA_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
      `${REQUEST_ID}: ${requestId}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      '',
      body,
    ].join('\r\n'),
  );
  // The client may never close its side.
  socket.destroySoon();
}

function toProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem('headers-too-large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('request-timeout');
  return new Problem('validation-failed', { detail: 'the request is not valid HTTP' });
}
