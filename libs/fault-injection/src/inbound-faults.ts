import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ActiveFaults } from './active-faults.ts';
import type { Effect } from './effect.ts';
import { GARBAGE, problemOf } from './failures.ts';
import { INBOUND } from './fault.ts';
import { hang, pause } from './clock.ts';
import { tellStrike } from './tell.ts';
import { ClientLeft, isOperation, requestContext, systemClock as clock } from '@film-store/core';

/** What strangers call at the edge; beside it are pages and their documents, which must work when this does not. */
const PUBLIC = /^\/api(?:\/|$)/;

/** What happens to an answer that is there. */
type OfAnswer = Extract<Effect, { kind: 'slow-body' | 'truncate' | 'garbage' }>;

/**
 * The inbound fault point. It is part of the handler, so that what it takes counts as work: admission sees a slow
 * service, and its limit falls. Call it before the hooks of admission are added.
 */
export function addInboundFaults(fastify: FastifyInstance, faults: ActiveFaults, edge: boolean): void {
  const answers = new WeakMap<FastifyRequest, OfAnswer>();

  fastify.addHook('onRoute', (route) => {
    const { handler, url } = route;
    if (isOperation(url) || (edge && !PUBLIC.test(url))) return;
    route.handler = function faulty(request, reply) {
      const struck = faults.strike({ point: INBOUND, method: request.method, path: request.url });
      if (!struck) return handler.call(this, request, reply);
      tellStrike(struck);
      const { effect } = struck;
      switch (effect.kind) {
        case 'delay':
          return whileWaitedFor(reply, (signal) => pause(clock, effect.ms, signal)).then((waited) =>
            waited ? handler.call(this, request, reply) : reply,
          );
        case 'hang':
          return whileWaitedFor(reply, hang).then(() => reply);
        case 'status':
          throw problemOf(effect.status);
        case 'reset':
          reply.hijack();
          request.raw.socket.resetAndDestroy();
          return reply;
        case 'slow-body':
        case 'truncate':
        case 'garbage':
          answers.set(request, effect);
          return handler.call(this, request, reply);
        default:
          return effect satisfies never;
      }
    };
  });

  fastify.addHook('onSend', (request, reply, payload, done) => {
    const effect = answers.get(request);
    if (!effect || typeof payload !== 'string') return done(null, payload);
    void reply.header('content-length', String(Buffer.byteLength(payload)));
    switch (effect.kind) {
      case 'slow-body':
        return done(null, Readable.from(slowly(payload, effect.ms)));
      case 'truncate':
        return done(null, Readable.from(half(payload)));
      case 'garbage':
        void reply.removeHeader('content-length');
        return done(null, GARBAGE);
      default:
        effect satisfies never;
    }
  });
}

/** Whether it was waited to its end: not where the deadline has answered, or the client has left, meanwhile. */
async function whileWaitedFor(
  reply: FastifyReply,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  const left = new AbortController();
  const leave = (): void => left.abort(new ClientLeft('the answer has ended'));
  reply.raw.once('close', leave);
  const signal = requestContext.get()?.signal;
  if (signal?.aborted) leave();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    await wait(left.signal);
    return true;
  } catch {
    return false;
  } finally {
    reply.raw.off('close', leave);
  }
}

/** How many pieces a slow body comes in. */
const PIECES = 10;

async function* slowly(text: string, ms: number): AsyncGenerator<Buffer> {
  const body = Buffer.from(text);
  const size = Math.ceil(body.length / PIECES);
  for (let at = 0; at < body.length; at += size) {
    await sleep(ms / PIECES);
    yield body.subarray(at, at + size);
  }
}

async function* half(text: string): AsyncGenerator<Buffer> {
  const body = Buffer.from(text);
  yield body.subarray(0, body.length >> 1);
  throw new Error('cut off on purpose');
}
