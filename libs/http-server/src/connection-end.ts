import type { Socket } from 'node:net';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import type { LifecycleState } from '@film-store/core';
import { openExchanges } from './open-exchanges.ts';

export interface ConnectionEndOptions {
  readonly phase: LifecycleState;
}

/**
 * Ends a connection with the last response that is open, whichever response asks for the end: Node closes the
 * connection after a response with `Connection: close`, and the pipelined responses behind it would be lost. Requests
 * that arrive later are not served (RFC 9112, 9.6), or they would have effects that their clients never learn of.
 *
 * While the service drains, every connection ends so that the next request of its client goes elsewhere.
 */
export const connectionEndPlugin = fastifyPlugin(
  (fastify: FastifyInstance, { phase }: ConnectionEndOptions, loaded: () => void) => {
    const ended = new WeakSet<Socket>();

    fastify.addHook('onRequest', ({ raw }, _reply, done) => {
      if (!ended.has(raw.socket)) done();
    });

    fastify.addHook('onSend', ({ raw: { socket } }, reply, _payload, done) => {
      if (phase.current === 'draining' || reply.getHeader('connection') === 'close') {
        const isLast = openExchanges(socket).at(-1)?.response === reply.raw;
        if (isLast) ended.add(socket);
        void reply.header('connection', isLast ? 'close' : 'keep-alive');
      }
      done();
    });
    loaded();
  },
  { name: '@film-store/connection-end', fastify: '5.x' },
);
