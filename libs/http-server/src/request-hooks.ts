import { AsyncResource } from 'node:async_hooks';
import { type Context, context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  monotonicNow,
  remainingMs,
  REQUEST_ID,
  type RequestContext,
  requestContext,
  SERVICE_DRAINING,
  type ServicePhase,
} from '@film-store/core';
import { Problem, sendProblem } from '@film-store/problem';
import { startServerSpan } from '@film-store/telemetry';
import { type Arrival, arrivalOf, serverRequestOf } from './request-class.ts';
import { endOfWork } from './request-abort-signal.ts';
import { HEADERS_LIMIT, URL_LIMIT } from './fastify.ts';
import { startServing, within } from './serving.ts';

type Timed = Extract<Arrival, { kind: 'timed' }>;

interface RequestHookOptions {
  readonly edge: boolean;
  readonly logger: Logger;
  readonly phase: ServicePhase;
}

const scopeOf = (trace: Context, request: RequestContext): AsyncResource =>
  context.with(trace, () => requestContext.run(request, () => new AsyncResource('REQUEST')));

/** What surrounds every request: its id on the answer, its span, its deadline, and the context its handler runs in. */
export function addRequestHooks(fastify: FastifyInstance, { edge, logger, phase }: RequestHookOptions): void {
  const boundsOf = ({ hop, deadline }: Timed, request: FastifyRequest, reply: FastifyReply) => {
    const { timeoutMs: _, ...rest } = hop;
    const signal = endOfWork(request, reply, remainingMs(deadline, monotonicNow()), (problem) => {
      within(request, () => sendProblem(problem, request, reply, logger));
    });
    return { ...rest, deadline, signal };
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(REQUEST_ID, request.id);
    const { span, context: trace } = startServerSpan(serverRequestOf(request), edge);
    const arrival = arrivalOf(request, edge);
    const refusal = refusalOf(request) ?? refusalOnArrival(arrival, phase);
    const isTimed = refusal === undefined && arrival.kind === 'timed';
    const bounds = isTimed && boundsOf(arrival, request, reply);
    startServing(request, { span, scope: scopeOf(trace, { requestId: request.id, ...bounds }) });
    within(request, () => {
      done(refusal);
    });
  });

  // A body arrives in events of the socket, which know nothing of the request: enter its context again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    within(request, done);
  });
}

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

/** What comes too early or too late is refused before its body is read, and so is what says badly how long it has. */
function refusalOnArrival(arrival: Arrival, phase: ServicePhase): Error | undefined {
  if (arrival.kind === 'operation') return undefined;
  if (phase.current === 'starting') return stillStarting();
  if (arrival.kind === 'invalid') return arrival.error as Error;
  return remainingMs(arrival.deadline, monotonicNow()) === 0 ? new Problem('deadline-exceeded') : undefined;
}

/**
 * Tells other services that this one drains, by a header of its own: `Connection: close` is a hop's business, and proxies
 * send it when they like.
 */
export function announceDraining(fastify: FastifyInstance, phase: ServicePhase): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (phase.current === 'draining') void reply.header(SERVICE_DRAINING, 'true');
    done();
  });
}

const stillStarting = (): Problem =>
  new Problem('unavailable', { detail: 'the service is starting', headers: { 'retry-after': '1' } });
