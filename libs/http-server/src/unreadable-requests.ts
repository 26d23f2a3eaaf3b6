import type { Socket } from 'node:net';
import { Problem, PROBLEM_MEDIA_TYPE } from '@film-store/problem';
import { REQUEST_ID, newRequestId } from '@film-store/core';
import type { Exchange } from './open-exchanges.ts';

/** Connections of which no more is read. */
const failed = new WeakSet<Socket>();

interface Surroundings {
  /** The open exchanges of the connection, in the order of their requests. */
  readonly open: readonly Exchange[];
  /** Headers of every response of the server. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Responds to bytes that Node's HTTP parser cannot read, where no reply exists yet, and closes the connection. Requests
 * that were read before get their responses first, for they may have effects: an order would be placed, and its client
 * told that it was not valid.
 */
export function respondToUnreadable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  { open, headers }: Surroundings,
): void {
  // The parser fails again with every chunk that comes after the first error.
  if (failed.has(socket)) return;
  failed.add(socket);
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const pending = open.filter(({ request, response }) => request.complete || response.writableEnded);
  const last = pending.at(-1);
  if (!last) return respond(error, socket, headers);
  socket.pause();
  // Where nothing but garbage follows, the last response says that the connection ends with it, if it still can.
  if (pending.length === open.length) last.response.shouldKeepAlive = false;
  last.response.once('close', () => {
    if (socket.writable) respond(error, socket, headers);
  });
}

function respond(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
  const problem = toProblem(error.code);
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
  // Its client may never close its side.
  socket.destroySoon();
}

function toProblem(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout');
    default:
      return new Problem('validation-failed', { detail: 'the request is not valid HTTP' });
  }
}
