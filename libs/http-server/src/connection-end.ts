import type { Socket } from 'node:net';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import type { LifecycleState } from '@film-store/core';
import { openExchanges } from './open-exchanges.ts';

/**
 * Ends a connection with its last open response, whichever response has `Connection: close`. Node would close the
 * connection after that response and lose the pipelined responses behind it. Requests that arrive later are not served
 * (RFC 9112, 9.6), because their clients would never learn of their effects.
 *
 * While the service drains, every connection ends, so that the next request of its client reaches another instance.
 */
export const connectionEndPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { phase }: { readonly phase: LifecycleState }) => {
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
  },
  { name: '@film-store/connection-end', fastify: '5.x' },
);
