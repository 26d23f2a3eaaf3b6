import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request and its response, which has not been sent yet. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const connections = new WeakMap<Socket, Set<Exchange>>();

/** Returns the open exchanges of a connection of a server that is tracked, in the order of their requests. */
export const openExchanges = (socket: Socket): readonly Exchange[] => [...(connections.get(socket) ?? [])];

/**
 * Tracks the exchanges of each connection, and destroys their responses when the connection closes, so that each
 * response emits `close` exactly once. Node does so itself, except after a CONNECT: it then forgets the pipelined
 * responses that wait for their turn. Call before the server listens.
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

  // Before the listener that serves the request, which may respond at once.
  server.prependListener('request', (request, response) => {
    const exchange = { request, response };
    connections.get(request.socket)?.add(exchange);
    // One that never finishes goes with its connection.
    response.once('finish', () => connections.get(request.socket)?.delete(exchange));
  });

  // Node also takes a connection for idle whose response has ended and is not written yet. Those wait for the next call.
  const closeIdleConnections = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    if (![...sockets].some(isWriting)) closeIdleConnections();
  };
}

const isWriting = (socket: Socket): boolean =>
  openExchanges(socket).some(({ response }) => response.writableEnded);
