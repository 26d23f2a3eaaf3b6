import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import { receiveRequest, type Trust } from './request-class.ts';
import { TurnLimit } from './turn-limit.ts';

/** Requests that start in one turn of the event loop. A page takes about half a millisecond, so a turn takes a few. */
const STARTS_PER_TURN = 8;

/**
 * Starts few requests in each turn of the event loop, so that requests in progress continue. Without it, a turn starts
 * every request that has arrived. A page needs several turns, and waits in each of them for the whole flood.
 *
 * A request that waits here holds its permit. So a flood that no permit would limit, because each of its requests is
 * served within one turn, such as invalid queries, reaches the limit and is shed like other requests.
 */
export const fairStartsPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { trust }: { readonly trust: Trust }) => {
    const turn = new TurnLimit(STARTS_PER_TURN);
    fastify.addHook('onRequest', (request, reply, done) => {
      if (receiveRequest(request, trust).kind === 'operation') done();
      else
        turn.run(() => {
          // A request whose client has left in the meantime holds no permit.
          if (!reply.raw.destroyed) done();
        });
    });
  },
  {
    name: '@film-store/fair-starts',
    fastify: '5.x',
    dependencies: ['@film-store/load-shedding', '@film-store/rejections'],
  },
);
