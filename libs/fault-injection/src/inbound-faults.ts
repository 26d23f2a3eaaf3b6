import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ActiveFaults } from './active-faults.ts';
import type { Effect } from './effect.ts';
import { GARBAGE, toProblem } from './failures.ts';
import { INBOUND } from './fault.ts';
import { recordInjectedFault } from './record-injected-fault.ts';
import { ClientDisconnected, hang, pause, requestContext, systemClock as clock } from '@film-store/core';
import { addHandlerHook } from '@film-store/core/fastify';

/** Routes of those who run the service, who need them to end the faults. */
const OPERATIONS = /^\/(?:health|metrics|ops)(?:\/|$)/;

/** A fault that changes the response of the handler. */
type ResponseFault = Extract<Effect, { kind: 'slow-body' | 'truncate' | 'garbage' }>;

export interface InboundFaultsOptions {
  readonly faults: ActiveFaults;
  /** Returns whether the requests of a route may fail. @default all but those of `/health`, `/metrics` and `/ops` */
  readonly appliesTo?: (route: string) => boolean;
}

/**
 * The inbound fault point. It is part of the handler, so that what it takes counts as work: load shedding sees a slow
 * service, and its limit falls.
 */
export const inboundFaultsPlugin = fastifyPlugin(
  (
    fastify: FastifyInstance,
    { faults, appliesTo = (route) => !OPERATIONS.test(route) }: InboundFaultsOptions,
    loaded: () => void,
  ) => {
    const responseFaults = new WeakMap<FastifyRequest, ResponseFault>();

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
              return (handler) =>
                whileWaitedFor(reply, (signal) => pause(clock, effect.ms, signal)).then((waited) =>
                  waited ? handler() : reply,
                );
            case 'hang':
              return () => whileWaitedFor(reply, hang).then(() => reply);
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
              responseFaults.set(request, effect);
              return undefined;
            default:
              return effect satisfies never;
          }
        },
      };
    });

    fastify.addHook('onSend', (request, reply, payload, done) => {
      const effect = responseFaults.get(request);
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
    loaded();
  },
  { name: '@film-store/inbound-faults', fastify: '5.x' },
);

/** Whether it was waited to its end: not where the deadline has answered, or the client has left, meanwhile. */
async function whileWaitedFor(
  reply: FastifyReply,
  wait: (signal: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  const left = new AbortController();
  const leave = (): void => left.abort(new ClientDisconnected('the answer has ended'));
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
