import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasContent } from '@film-store/core';
import { addHandlerHook } from '@film-store/core/fastify';
import { acquireInContext } from './acquire-in-context.ts';
import { createLoadShedder } from './create-load-shedder.ts';
import { HeldPermit } from './held-permit.ts';
import type { Decision, LoadShedder } from './load-shedder.ts';
import { type ServerOptions, classifyAsNormal } from './options.ts';
import { createOverloadedResponse, isLargeBody } from './overloaded-response.ts';
import { toWorkOutcome } from './work-outcome.ts';

export type LoadSheddingPluginOptions = ServerOptions<FastifyRequest>;

/**
 * Admits requests, or sheds them before their body is read.
 *
 * A body that does not come along with its head may take as long as its sender likes: its request holds no permit
 * meanwhile. When the body is there, the request acquires one again.
 */
export const loadSheddingPlugin = fastifyPlugin(
  (fastify: FastifyInstance, options: LoadSheddingPluginOptions, loaded: () => void) => {
    const shedder = options.shedder ?? createLoadShedder(options);
    if (!options.shedder) fastify.addHook('onClose', () => shedder.stop());
    if (shedder.describe().strategy !== 'off') addHooks(fastify, shedder, options);
    loaded();
  },
  { name: '@film-store/load-shedding', fastify: '5.x' },
);

function addHooks(
  fastify: FastifyInstance,
  shedder: LoadShedder,
  { classify = classifyAsNormal, onShed, random = Math.random }: LoadSheddingPluginOptions,
): void {
  const permits = new WeakMap<FastifyRequest, HeldPermit>();

  const acquire = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const requestClass = classify(request);
    if (!requestClass) return done();
    const { priority, deadline } = requestClass;
    const decide = (decision: Decision): void => {
      if (!decision.admitted) {
        // The deadline may have passed during the wait.
        if (reply.sent) return;
        const response = createOverloadedResponse(
          request.id,
          random,
          isLargeBody(request.headers, request.routeOptions.bodyLimit ?? 0),
        );
        onShed?.(request, { status: response.status, priority, reason: decision.reason });
        void reply.code(response.status).headers(response.headers).send(response.body);
        return;
      }
      const outcome = () =>
        toWorkOutcome(reply.raw, {
          status: reply.statusCode,
          has: (header) => reply.hasHeader(header),
          deadline,
        });
      permits.set(request, new HeldPermit(decision.permit, outcome));
      done();
    };
    const cancel = acquireInContext(shedder, requestClass, decide);
    reply.raw.once('close', () => {
      cancel();
      permits.get(request)?.releaseUnused();
    });
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    acquire(request, reply, () => {
      if (hasContent(request.headers)) setImmediate(releaseWithoutBody, request);
      done();
    });
  });

  const releaseWithoutBody = (request: FastifyRequest): void => {
    if (!request.raw.complete && permits.get(request)?.releaseUnused()) permits.delete(request);
  };

  fastify.addHook('preValidation', (request, reply, done) => {
    if (permits.has(request)) done();
    else acquire(request, reply, done);
  });

  // A response without a handler, a 404 for example, needs no permit while its client reads it.
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    permits.get(request)?.releaseUnused();
    done();
  });

  addHandlerHook(fastify, () => ({ begin: (request) => permits.get(request)?.begin() }));
}
