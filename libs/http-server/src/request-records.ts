import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { DEGRADED, REQUEST_ID, isRequestId, monotonicNow, withoutQueryValues } from '@film-store/core';
import {
  createAccessSampling,
  endServerSpan,
  recordClientDeadline,
  recordServerRequest,
} from '@film-store/telemetry';
import { receiveRequest, type Trust } from './request-class.ts';
import { getServing, within } from './serving.ts';
import type { InFlightHandlers } from './in-flight-handlers.ts';

export interface RequestRecordsOptions {
  readonly trust: Trust;
  readonly logger: Logger;
  /** Receives the status of every response that was sent, except those to operators. */
  readonly onResponse?: (status: number, degraded: boolean) => void;
  /** Counts the requests that are not recorded yet. */
  readonly unrecorded: InFlightHandlers;
}

/** The status in the access line of a request whose connection closed before its response was sent: nginx's number. */
const CONNECTION_CLOSED = 499;

/**
 * Records each request once: a sample of its duration, the end of its span, its access line. Probes get no access
 * line; an orchestrator would fill the log with them. A request that was never served gets a sample only.
 *
 * The records are made when the response closes. Fastify's `onResponse` would miss the clients that leave. A hook that
 * responds by itself must come later, or its responses are not recorded.
 */
export const requestRecordsPlugin = fastifyPlugin(
  (fastify: FastifyInstance, options: RequestRecordsOptions, loaded: () => void) => {
    const sampling = createAccessSampling();
    fastify.addHook('onRequest', (request, reply, done) => {
      const end = options.unrecorded.begin();
      reply.raw.once('close', () => {
        record(request, reply, sampling, options);
        end();
      });
      done();
    });
    loaded();
  },
  { name: '@film-store/request-records', fastify: '5.x' },
);

function record(
  request: FastifyRequest,
  reply: FastifyReply,
  sampling: (now: number) => number,
  { trust, logger, onResponse }: RequestRecordsOptions,
): void {
  const { method, routeOptions } = request;
  const sent = reply.raw.writableFinished ? reply.statusCode : undefined;
  recordServerRequest(method, routeOptions.url, sent, reply.elapsedTime);
  const serving = getServing(request);
  if (!serving) return;
  const received = receiveRequest(request, trust);
  if (received.kind === 'timed' && received.isHurried && sent === 504)
    recordClientDeadline(method, routeOptions.url);
  if (sent !== undefined && received.kind !== 'operation') onResponse?.(sent, reply.hasHeader(DEGRADED));
  const status = sent ?? CONNECTION_CLOSED;
  within(request, () => {
    if (!request.url.startsWith('/health/'))
      logAccess(logger, request, reply, {
        status,
        trust,
        sampled: isOrdinary(status, reply) ? sampling(monotonicNow()) : 1,
      });
    endServerSpan(serving.span, sent);
  });
}

/** Returns `false` for a request whose access line is always written. */
const isOrdinary = (status: number, reply: FastifyReply): boolean =>
  status >= 200 && status < 300 && !reply.hasHeader(DEGRADED);

function logAccess(
  logger: Logger,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, trust, sampled }: { status: number; trust: Trust; sampled: number },
): void {
  if (sampled === 0) return;
  const { elapsedTime: durationMs } = reply;
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
      ...(trust === 'public' && isRequestId(clientRequestId) && { clientRequestId }),
    },
    `${request.method} ${request.routeOptions.url ?? '(no route)'} ${status}`,
  );
}
