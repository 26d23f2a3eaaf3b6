import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import { AttachedValue, type LifecycleState } from '@film-store/core';
import { openResponses } from './open-responses.ts';

/** Connections whose last response has `Connection: close`. */
const ended = new AttachedValue<Socket, true>('ended');

/**
 * Ends the connection with this response, if it is the last open one of its connection.
 * @returns the value of its header `Connection`
 */
export function endConnection(response: ServerResponse): 'close' | 'keep-alive' {
  const { socket } = response.req;
  const isLast = openResponses(socket).at(-1) === response;
  if (isLast) ended.set(socket, true);
  return isLast ? 'close' : 'keep-alive';
}

/**
 * Ends a connection with its last open response, whichever response has `Connection: close`. Node would close the
 * connection after that response and lose the pipelined responses behind it. Requests that arrive later are not served
 * (RFC 9112, 9.6), because their clients would never learn of their effects.
 *
 * While the service drains, every connection ends, so that the next request of its client reaches another instance.
 */
export const connectionEndPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { phase }: { readonly phase: LifecycleState }) => {
    fastify.addHook('onRequest', ({ raw }, _reply, done) => {
      if (!ended.get(raw.socket)) done();
    });
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      if (phase.current === 'draining' || reply.getHeader('connection') === 'close')
        void reply.header('connection', endConnection(reply.raw));
      done();
    });
  },
  { name: '@film-store/connection-end', fastify: '5.x' },
);
