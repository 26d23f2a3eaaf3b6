import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AttachedValue } from '@film-store/core';

const connections = new AttachedValue<Socket, Set<ServerResponse>>('responses');

/** Returns the responses of a connection that are not sent yet, in the order of their requests, if its server is tracked. */
export const openResponses = (socket: Socket): readonly ServerResponse[] => [
  ...(connections.get(socket) ?? []),
];

/**
 * Tracks the open responses of each connection, and destroys them when the connection closes, so that each response emits
 * `close` exactly once. Node does so too, except after a CONNECT, when it loses the pipelined responses. Must be called
 * before the server listens.
 */
export function trackResponses(server: Server): void {
  const sockets = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    const responses = new Set<ServerResponse>();
    connections.set(socket, responses);
    sockets.add(socket);
    // One listener for all responses: a client may pipeline hundreds.
    socket.once('close', () => {
      sockets.delete(socket);
      for (const response of responses) response.destroy();
    });
  });

  // Runs before the listener that serves the request, which may respond at once.
  server.prependListener('request', ({ socket }, response) => {
    connections.get(socket)?.add(response);
    response.on('finish', deleteResponse);
  });

  // Node counts a connection as idle if its response has ended but is not written yet: skip this call in that case.
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  const isWriting = (socket: Socket): boolean =>
    openResponses(socket).some((response) => response.writableEnded);
  server.closeIdleConnections = () => {
    if (![...sockets].some(isWriting)) closeIdleConnections();
  };
}

/** One function for all responses, because every request needs it. */
function deleteResponse(this: ServerResponse): void {
  connections.get(this.req.socket)?.delete(this);
}
