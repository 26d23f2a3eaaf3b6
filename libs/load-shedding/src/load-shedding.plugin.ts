import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { AttachedValue, hasContent, isLargeBody } from '@film-store/core';
import { addHandlerHook } from '@film-store/core/fastify';
import type { PreparedProblem } from '@film-store/problem';
import { createLoadShedder } from './create-load-shedder.ts';
import { HeldPermit } from './held-permit.ts';
import { type LoadShedder, acquireInContext } from './load-shedder.ts';
import { type ServerOptions, classifyAsNormal } from './options.ts';
import { OVERLOADED, chooseRetryAfter, createOverloadedResponse } from './overloaded-response.ts';

export interface LoadSheddingPluginOptions extends ServerOptions<FastifyRequest> {
  /**
   * Sends the response to a shed request. It can write to `reply.raw`, because no further hook runs.
   * @param retryAfter value of the header `Retry-After`
   * @default Fastify's reply, with its hooks
   */
  readonly respond?: (
    request: FastifyRequest,
    reply: FastifyReply,
    problem: PreparedProblem,
    retryAfter: string,
  ) => void;
}

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
  {
    classify = classifyAsNormal,
    onShed,
    respond = reply503,
    random = Math.random,
  }: LoadSheddingPluginOptions,
): void {
  const permits = new AttachedValue<FastifyRequest, HeldPermit>('permit');

  const acquire = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const requestClass = classify(request);
    if (!requestClass) return done();
    const { priority, deadline, holdsPermit = true } = requestClass;
    let waits = true;
    const cancel = acquireInContext(shedder, requestClass, (decision) => {
      waits = false;
      if (!decision.admitted) {
        // The deadline may have passed during the wait.
        if (reply.sent) return;
        onShed?.(request, { status: OVERLOADED.status, priority, reason: decision.reason });
        respond(request, reply, OVERLOADED, chooseRetryAfter(random));
        return;
      }
      if (holdsPermit) {
        const permit = new HeldPermit(decision.permit, deadline, reply, reply.raw);
        permits.set(request, permit);
        reply.raw.once('close', () => permit.releaseUnused());
      } else decision.permit.release('ignored', 0);
      done();
    });
    if (waits) reply.raw.once('close', cancel);
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    acquire(request, reply, () => {
      if (hasContent(request.headers)) setImmediate(releaseWithoutBody, request);
      done();
    });
  });

  const releaseWithoutBody = (request: FastifyRequest): void => {
    if (!request.raw.complete && permits.get(request)?.releaseUnused()) permits.set(request, undefined);
  };

  fastify.addHook('preValidation', (request, reply, done) => {
    if (permits.get(request)) done();
    else acquire(request, reply, done);
  });

  // A response without a handler, for example a 404, needs no permit while its client reads it.
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    permits.get(request)?.releaseUnused();
    done();
  });

  addHandlerHook(fastify, () => ({ begin: (request) => permits.get(request)?.begin() }));
}

function reply503(
  request: FastifyRequest,
  reply: FastifyReply,
  _problem: PreparedProblem,
  retryAfter: string,
): void {
  const close = isLargeBody(request.headers, request.routeOptions.bodyLimit ?? 0);
  const { status, headers, body } = createOverloadedResponse(request.id, retryAfter, close);
  void reply.code(status).headers(headers).send(body);
}
