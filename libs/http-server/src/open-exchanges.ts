import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request whose response is not sent yet. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const connections = new WeakMap<Socket, Set<Exchange>>();

/** Returns the open exchanges of a connection in the order of their requests, if its server is tracked. */
export const openExchanges = (socket: Socket): readonly Exchange[] => [...(connections.get(socket) ?? [])];

/**
 * Tracks the exchanges of each connection, and destroys their responses when the connection closes, so that each
 * response emits `close` exactly once. Node does so too, except after a CONNECT, when it loses the pipelined responses.
 * Must be called before the server listens.
 */
export function trackExchanges(server: Server): void {
  const sockets = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    const exchanges = new Set<Exchange>();
    connections.set(socket, exchanges);
    sockets.add(socket);
    // One listener for all exchanges: a client may pipeline hundreds.
    socket.once('close', () => {
      sockets.delete(socket);
      for (const { response } of exchanges) response.destroy();
    });
  });

  // Runs before the listener that serves the request, which may respond at once.
  server.prependListener('request', (request, response) => {
    const exchange = { request, response };
    connections.get(request.socket)?.add(exchange);
    response.once('finish', () => connections.get(request.socket)?.delete(exchange));
  });

  // Node counts a connection as idle if its response has ended but is not written yet: skip this call in that case.
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  const isWriting = (socket: Socket): boolean =>
    openExchanges(socket).some(({ response }) => response.writableEnded);
  server.closeIdleConnections = () => {
    if (![...sockets].some(isWriting)) closeIdleConnections();
  };
}
