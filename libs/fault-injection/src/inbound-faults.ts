import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { hang, pause, requestContext, systemClock } from '@film-store/core';
import { addHandlerHook } from '@film-store/core/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { ActiveFaults } from './active-faults.ts';
import type { Effect } from './effect.ts';
import { GARBAGE, toProblem } from './failures.ts';
import { INBOUND } from './fault.ts';
import { recordInjectedFault } from './record-injected-fault.ts';

/** An effect that changes the response of the handler. */
type ResponseEffect = Extract<Effect, { kind: 'slow-body' | 'truncate' | 'garbage' }>;

export interface InboundFaultsOptions {
  readonly faults: ActiveFaults;
  /** Returns whether requests of a route may fail. Other routes have no fault point at all. @default all routes */
  readonly appliesTo?: (route: string) => boolean;
}

/**
 * Adds the inbound fault point to the handlers of all routes. Its effects count as work of the handler, so load shedding
 * sees a slow service and lowers its limit.
 */
export const inboundFaultsPlugin = fastifyPlugin(
  (
    fastify: FastifyInstance,
    { faults, appliesTo = () => true }: InboundFaultsOptions,
    loaded: () => void,
  ) => {
    const responseEffects = new WeakMap<FastifyRequest, ResponseEffect>();

    addHandlerHook(fastify, ({ url }) => {
      if (!appliesTo(url)) return undefined;
      return {
        replace(request, reply) {
          const injected = faults.inject({ point: INBOUND, method: request.method, path: request.url });
          if (!injected) return undefined;
          recordInjectedFault(injected);
          const { effect } = injected;
          switch (effect.kind) {
            case 'delay':
              return async (handler) => {
                const waited = await waitWhileOpen(reply, (signal) => pause(systemClock, effect.ms, signal));
                return waited ? handler() : reply;
              };
            case 'hang':
              return () => waitWhileOpen(reply, hang).then(() => reply);
            case 'status':
              throw toProblem(effect.status);
            case 'reset':
              return () => {
                reply.hijack();
                request.raw.socket.resetAndDestroy();
                return reply;
              };
            case 'slow-body':
            case 'truncate':
            case 'garbage':
              responseEffects.set(request, effect);
              return undefined;
            default:
              return effect satisfies never;
          }
        },
      };
    });

    fastify.addHook('onSend', (request, reply, payload, done) => {
      const effect = responseEffects.get(request);
      if (!effect || typeof payload !== 'string') return done(null, payload);
      const body = Buffer.from(payload);
      void reply.header('content-length', String(body.length));
      switch (effect.kind) {
        case 'slow-body':
          return done(null, Readable.from(streamSlowly(body, effect.ms)));
        case 'truncate':
          return done(null, Readable.from(streamHalf(body)));
        case 'garbage':
          void reply.removeHeader('content-length');
          return done(null, GARBAGE);
        default:
          effect satisfies never;
      }
    });
    loaded();
  },
  { name: '@film-store/inbound-faults', fastify: '5.x' },
);

/** Returns whether the wait ended by itself. It ends early when the response is closed or the deadline passes. */
async function waitWhileOpen(reply: FastifyReply, wait: (signal: AbortSignal) => Promise<unknown>) {
  const closed = new AbortController();
  const close = (): void => closed.abort();
  reply.raw.once('close', close);
  const { signal } = requestContext.get() ?? {};
  try {
    await wait(signal ? AbortSignal.any([closed.signal, signal]) : closed.signal);
    return true;
  } catch {
    return false;
  } finally {
    reply.raw.off('close', close);
  }
}

/** Number of pieces of a slow body. */
const PIECES = 10;

async function* streamSlowly(body: Buffer, ms: number): AsyncGenerator<Buffer> {
  const size = Math.ceil(body.length / PIECES);
  for (let at = 0; at < body.length; at += size) {
    await sleep(ms / PIECES);
    yield body.subarray(at, at + size);
  }
}

async function* streamHalf(body: Buffer): AsyncGenerator<Buffer> {
  yield body.subarray(0, body.length >> 1);
  throw new Error('the injected fault closes the connection');
}
