import { AsyncResource } from 'node:async_hooks';
import { type Context, type Span, context } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ServicePhase } from '#libs/health';
import {
  DEGRADED,
  Problem,
  REQUEST_ID,
  type RequestContext,
  SERVICE_DRAINING,
  isRequestId,
  monotonicNow,
  remainingMs,
  requestContext,
  withoutQueryValues,
} from '#libs/http';
import {
  createAccessSampling,
  endServerSpan,
  recordClientDeadline,
  recordServerRequest,
  startServerSpan,
} from '#libs/telemetry';
import type { AnswerCounts } from './answer-counts.ts';
import { type Arrival, arrivalOf, serverRequestOf } from './arrival.ts';
import { endOfWork } from './end-of-work.ts';
import { HEADERS_LIMIT, URL_LIMIT } from './fastify.ts';
import { sendProblem } from './problem.filter.ts';

interface Serving {
  readonly span: Span;
  /** The asynchronous context it is served in. */
  readonly scope: AsyncResource;
}

type Timed = Extract<Arrival, { kind: 'timed' }>;

interface RequestHookOptions {
  readonly edge: boolean;
  readonly logger: Logger;
  readonly phase: ServicePhase;
  readonly answers: AnswerCounts;
}

const scopeOf = (trace: Context, request: RequestContext): AsyncResource =>
  context.with(trace, () => requestContext.run(request, () => new AsyncResource('REQUEST')));

/**
 * What surrounds every request: its id on the answer, its span, its deadline, the context its handler runs in, and
 * its access line. Probes get no access line; an orchestrator would fill the log with them. Nor do those who were
 * refused before they came here.
 */
export function addRequestHooks(
  fastify: FastifyInstance,
  { edge, logger, phase, answers }: RequestHookOptions,
): void {
  const sampling = createAccessSampling();
  const served = new WeakMap<FastifyRequest, Serving>();

  const within = (request: FastifyRequest, work: () => void): void => {
    const serving = served.get(request);
    if (serving) serving.scope.runInAsyncScope(work);
    else work();
  };

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
    served.set(request, { span, scope: scopeOf(trace, { requestId: request.id, ...bounds }) });
    within(request, () => {
      done(refusal);
    });
  });

  // A body arrives in events of the socket, which know nothing of the request: enter its context again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    within(request, done);
  });

  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    recordServerRequest(method, routeOptions.url, reply.statusCode, reply.elapsedTime);
    const serving = served.get(request);
    if (!serving) return done();
    const arrival = arrivalOf(request, edge);
    if (arrival.kind === 'timed' && arrival.hurried && reply.statusCode === 504)
      recordClientDeadline(method, routeOptions.url);
    if (arrival.kind !== 'operation' && reply.raw.writableFinished)
      answers.answered(reply.statusCode, reply.hasHeader(DEGRADED));
    within(request, () => {
      if (!request.url.startsWith('/health/'))
        logAccess(logger, request, reply, {
          edge,
          sampled: isOrdinary(reply) ? sampling(monotonicNow()) : 1,
        });
      endServerSpan(serving.span, reply.statusCode);
      done();
    });
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
 * Ends the connections of a service that drains, so that the next request of a client goes elsewhere. Other services
 * learn of it from a header of its own: `Connection: close` is a hop's business, and proxies send it when they like.
 */
export function announceDraining(fastify: FastifyInstance, phase: ServicePhase, edge: boolean): void {
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (phase.current === 'draining') {
      void reply.header('connection', 'close');
      if (!edge) void reply.header(SERVICE_DRAINING, 'true');
    }
    done();
  });
}

const stillStarting = (): Problem =>
  new Problem('unavailable', { detail: 'the service is starting', headers: { 'retry-after': '1' } });

/** Of requests that went otherwise, every line is kept. */
const isOrdinary = (reply: FastifyReply): boolean =>
  reply.statusCode >= 200 && reply.statusCode < 300 && !reply.hasHeader(DEGRADED);

function logAccess(
  logger: Logger,
  request: FastifyRequest,
  reply: FastifyReply,
  { edge, sampled }: { edge: boolean; sampled: number },
): void {
  if (sampled === 0) return;
  const { statusCode: status, elapsedTime: durationMs } = reply;
  const clientRequestId = request.headers[REQUEST_ID];
  const degraded = reply.getHeader(DEGRADED)?.toString();
  logger.info(
    {
      event: 'http.request',
      method: request.method,
      route: request.routeOptions.url,
      url: withoutQueryValues(request.url).slice(0, 256),
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      ...(degraded !== undefined && { degraded: degraded.split(', ') }),
      ...(sampled > 1 && { sampled }),
      ...(edge && isRequestId(clientRequestId) && { clientRequestId }),
    },
    `${request.method} ${request.routeOptions.url ?? '(no route)'} ${status}`,
  );
}
