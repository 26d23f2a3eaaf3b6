import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Destroys every unfinished response when its socket closes, so that each response emits `close` exactly once.
 * Node does so itself, except after a CONNECT: it then forgets the pipelined responses that wait for their turn.
 */
export function closeResponsesWithSocket(server: Server): void {
  const unfinished = new WeakMap<Socket, Set<ServerResponse>>();

  const responsesOf = (socket: Socket): Set<ServerResponse> => {
    const known = unfinished.get(socket);
    if (known) return known;
    const responses = new Set<ServerResponse>();
    unfinished.set(socket, responses);
    // One listener for all responses: a client may pipeline hundreds.
    socket.once('close', () => {
      for (const response of responses) response.destroy();
    });
    return responses;
  };

  server.on('request', ({ socket }, response) => {
    const responses = responsesOf(socket);
    responses.add(response);
    response.once('close', () => responses.delete(response));
  });
}
