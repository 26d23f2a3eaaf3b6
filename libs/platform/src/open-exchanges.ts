import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A request and its response, which has not been sent yet. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Returns the open exchanges of a connection, in the order of their requests. */
export type OpenExchanges = (socket: Socket) => readonly Exchange[];

/**
 * Tracks the exchanges of each connection, and destroys their responses when the connection closes, so that each
 * response emits `close` exactly once. Node does so itself, except after a CONNECT: it then forgets the pipelined
 * responses that wait for their turn. Call before the server listens.
 */
export function trackExchanges(server: Server): OpenExchanges {
  const connections = new WeakMap<Socket, Set<Exchange>>();

  const exchangesOf = (socket: Socket): Set<Exchange> => {
    const known = connections.get(socket);
    if (known) return known;
    const exchanges = new Set<Exchange>();
    connections.set(socket, exchanges);
    // One listener for all exchanges: a client may pipeline hundreds.
    socket.once('close', () => {
      for (const { response } of exchanges) response.destroy();
    });
    return exchanges;
  };

  server.on('request', (request, response) => {
    const exchanges = exchangesOf(request.socket);
    const exchange = { request, response };
    exchanges.add(exchange);
    // One that never finishes goes with its connection.
    response.once('finish', () => exchanges.delete(exchange));
  });

  return (socket) => [...(connections.get(socket) ?? [])];
}
