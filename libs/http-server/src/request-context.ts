import { AsyncResource } from 'node:async_hooks';
import fastifyPlugin from 'fastify-plugin';
import { type Context, context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  hasContent,
  monotonicNow,
  remainingMs,
  REQUEST_ID,
  type RequestContext,
  requestContext,
  SERVICE_DRAINING,
  type LifecycleState,
} from '@film-store/core';
import { Problem, sendProblem } from '@film-store/problem';
import { startServerSpan } from '@film-store/telemetry';
import { type ReceivedRequest, receiveRequest, toServerRequest, type Trust } from './request-class.ts';
import { createRequestAbortSignal } from './request-abort-signal.ts';
import { HEADERS_LIMIT, URL_LIMIT } from './fastify.ts';
import { startServing, within } from './serving.ts';

type Timed = Extract<ReceivedRequest, { kind: 'timed' }>;

export interface RequestContextOptions {
  readonly trust: Trust;
  readonly logger: Logger;
  readonly phase: LifecycleState;
}

const createScope = (trace: Context, request: RequestContext): AsyncResource =>
  context.with(trace, () => requestContext.run(request, () => new AsyncResource('REQUEST')));

/**
 * Surrounds every request with its id, its span, its deadline and the one asynchronous context of its handler. Internal
 * callers learn from a header that the service drains: `Connection: close` is a matter of one connection, and proxies
 * send it when they like.
 *
 * What was shed, and what came on a connection that has ended, has no span: so these plugins come first.
 */
export const requestContextPlugin = fastifyPlugin(
  (fastify: FastifyInstance, { trust, logger, phase }: RequestContextOptions, loaded: () => void) => {
    const createBounds = ({ context, deadline }: Timed, request: FastifyRequest, reply: FastifyReply) => {
      const { timeoutMs: _, ...rest } = context;
      const remaining = remainingMs(deadline, monotonicNow());
      const signal = createRequestAbortSignal(request, reply, remaining, (problem) => {
        within(request, () => sendProblem(problem, request, reply, logger));
      });
      return { ...rest, deadline, signal };
    };

    fastify.addHook('onRequest', (request, reply, done) => {
      void reply.header(REQUEST_ID, request.id);
      const { span, context: trace } = startServerSpan(toServerRequest(request), trust === 'public');
      const received = receiveRequest(request, trust);
      const refusal = refusalOf(request) ?? refusalOnReceipt(received, phase);
      const isTimed = refusal === undefined && received.kind === 'timed';
      const bounds = isTimed && createBounds(received, request, reply);
      startServing(request, { span, scope: createScope(trace, { requestId: request.id, ...bounds }) });
      within(request, () => {
        done(refusal);
      });
    });

    // A body arrives in events of the socket, which know nothing of the request: enter its context again.
    fastify.addHook('preValidation', (request, _reply, done) => {
      if (hasContent(request.headers)) within(request, done);
      else done();
    });

    if (trust === 'internal')
      fastify.addHook('onSend', (_request, reply, _payload, done) => {
        if (phase.current === 'draining') void reply.header(SERVICE_DRAINING, 'true');
        done();
      });
    loaded();
  },
  {
    name: '@film-store/request-context',
    fastify: '5.x',
    dependencies: ['@film-store/request-records', '@film-store/connection-end', '@film-store/load-shedding'],
  },
);

function refusalOf({ url, raw }: FastifyRequest): Problem | undefined {
  if (url.length > URL_LIMIT) return new Problem('uri-too-long');
  if (raw.rawHeaders.length > 2 * HEADERS_LIMIT) return new Problem('headers-too-large');
  // RFC 9112, 3.2.
  const hosts = raw.rawHeaders.filter(isHostName).length;
  if (hosts > 1) return new Problem('validation-failed', { detail: 'the request names more than one host' });
  if (hosts === 0 && raw.httpVersion === '1.1')
    return new Problem('validation-failed', { detail: 'the request names no host' });
  return undefined;
}

/** Names and values of headers take turns. */
const isHostName = (text: string, index: number): boolean =>
  index % 2 === 0 && text.length === 4 && text.toLowerCase() === 'host';

/** Refuses before the body is read: what comes too early or too late, and what has an invalid header. */
function refusalOnReceipt(received: ReceivedRequest, phase: LifecycleState): Error | undefined {
  if (received.kind === 'operation') return undefined;
  if (phase.current === 'starting') return stillStarting();
  if (received.kind === 'invalid') return received.error as Error;
  return remainingMs(received.deadline, monotonicNow()) === 0 ? new Problem('deadline-exceeded') : undefined;
}

const stillStarting = (): Problem =>
  new Problem('unavailable', { detail: 'the service is starting', headers: { 'retry-after': '1' } });
