import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { hasContent } from '@film-store/core';
import { addHandlerHook } from '@film-store/core/fastify';
import { createLoadShedder } from './create-load-shedder.ts';
import { HeldPermit } from './held-permit.ts';
import { type LoadShedder, acquireInContext } from './load-shedder.ts';
import { type ServerOptions, classifyAsNormal } from './options.ts';
import { createOverloadedResponse, isLargeBody } from './overloaded-response.ts';

export type LoadSheddingPluginOptions = ServerOptions<FastifyRequest>;

/**
 * Admits requests, or sheds them before their body is read.
 *
 * A body may arrive long after its head. Its request holds no permit in this time, and acquires one again when the body
 * is complete.
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
    const cancel = acquireInContext(shedder, requestClass, (decision) => {
      if (decision.admitted) {
        permits.set(request, new HeldPermit(decision.permit, deadline, reply, reply.raw));
        return done();
      }
      // The deadline may have passed during the wait.
      if (reply.sent) return;
      const close = isLargeBody(request.headers, request.routeOptions.bodyLimit ?? 0);
      const { status, headers, body } = createOverloadedResponse(request.id, random, close);
      onShed?.(request, { status, priority, reason: decision.reason });
      void reply.code(status).headers(headers).send(body);
    });
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

  // A response without a handler, for example a 404, needs no permit while its client reads it.
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    permits.get(request)?.releaseUnused();
    done();
  });

  addHandlerHook(fastify, () => ({ begin: (request) => permits.get(request)?.begin() }));
}
