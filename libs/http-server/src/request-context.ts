import { AsyncResource } from 'node:async_hooks';
import fastifyPlugin from 'fastify-plugin';
import { type Context, type Span, context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  AttachedValue,
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

type Timed = Extract<ReceivedRequest, { kind: 'timed' }>;

/**
 * The span of each request, and the asynchronous context of its handler. Has no entry for a request that an earlier hook
 * rejected, or whose client left before it was served.
 */
export const requestScopes = new AttachedValue<
  FastifyRequest,
  { readonly span: Span; readonly context: AsyncResource }
>('scope');

export function runInScope(request: FastifyRequest, run: () => void): void {
  const scope = requestScopes.get(request);
  if (scope) scope.context.runInAsyncScope(run);
  else run();
}

export interface RequestContextOptions {
  readonly trust: Trust;
  readonly logger: Logger;
  readonly phase: LifecycleState;
}

/**
 * Gives every request its id, span, deadline and abort signal, and one asynchronous context for its handler. Internal
 * callers learn from a header that the service drains: `Connection: close` concerns one connection only, and proxies set
 * it for their own reasons.
 *
 * Requests that are shed or rejected and requests on an ended connection get no span, so the plugins for these must come
 * first.
 */
export const requestContextPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { trust, logger, phase }: RequestContextOptions) => {
    const setLimits = ({ context, deadline }: Timed, request: FastifyRequest, reply: FastifyReply) => {
      const { timeoutMs: _, ...rest } = context;
      const remaining = remainingMs(deadline, monotonicNow());
      const signal = createRequestAbortSignal(request, reply, remaining, (problem) => {
        runInScope(request, () => sendProblem(problem, request, reply, logger));
      });
      return { ...rest, deadline, signal };
    };

    fastify.addHook('onRequest', (request, reply, done) => {
      void reply.header(REQUEST_ID, request.id);
      const { span, context: trace } = startServerSpan(toServerRequest(request), trust);
      const received = receiveRequest(request, trust);
      const rejection = checkReceived(received, phase);
      const limits = !rejection && received.kind === 'timed' && setLimits(received, request, reply);
      const scope = createScope(trace, { requestId: request.id, ...limits });
      requestScopes.set(request, { span, context: scope });
      runInScope(request, () => done(rejection));
    });

    // A body arrives in events of the socket, outside the context of the request: enter the context again.
    fastify.addHook('preValidation', (request, _reply, done) => {
      if (hasContent(request.headers)) runInScope(request, done);
      else done();
    });

    if (trust === 'internal')
      fastify.addHook('onSend', (_request, reply, _payload, done) => {
        if (phase.current === 'draining') void reply.header(SERVICE_DRAINING, 'true');
        done();
      });
  },
  {
    name: '@film-store/request-context',
    fastify: '5.x',
    dependencies: ['@film-store/request-records', '@film-store/rejections'],
  },
);

const createScope = (trace: Context, request: RequestContext): AsyncResource =>
  context.with(trace, () => requestContext.run(request, () => new AsyncResource('REQUEST')));

/** Returns the problem of a request that arrives too early or too late. */
function checkReceived(received: ReceivedRequest, phase: LifecycleState): Problem | undefined {
  if (received.kind === 'operation') return undefined;
  if (phase.current === 'starting')
    return new Problem('unavailable', { detail: 'the service is starting', headers: { 'retry-after': '1' } });
  if (received.kind === 'rejected') return undefined;
  return remainingMs(received.deadline, monotonicNow()) === 0 ? new Problem('deadline-exceeded') : undefined;
}
