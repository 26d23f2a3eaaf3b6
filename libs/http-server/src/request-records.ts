import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { DEGRADED, REQUEST_ID, isRequestId, monotonicNow, withoutQueryValues } from '@film-store/core';
import {
  createAccessSampling,
  endServerSpan,
  recordClientDeadline,
  recordServerRequest,
} from '@film-store/telemetry';
import { arrivalOf } from './request-class.ts';
import { servingOf, within } from './serving.ts';
import type { WorkUnderWay } from './in-flight-handlers.ts';

interface RequestRecordOptions {
  readonly edge: boolean;
  readonly logger: Logger;
  /** Receives the status of every response that was sent, those to operators left out. */
  readonly onResponse?: (status: number, degraded: boolean) => void;
  /** The requests that are not recorded yet. */
  readonly unrecorded: WorkUnderWay;
}

/** The status in the access line of a request whose connection closed before its response was sent: nginx's number. */
const CONNECTION_CLOSED = 499;

/**
 * Records each request once: a sample of its duration, the end of its span, its access line. Probes get no access
 * line; an orchestrator would fill the log with them. A request that was never served gets a sample only.
 *
 * The records are made when the response closes. Fastify's `onResponse` would miss the clients that leave.
 * Call it before all other hooks are added.
 */
export function addRequestRecords(fastify: FastifyInstance, options: RequestRecordOptions): void {
  const sampling = createAccessSampling();
  fastify.addHook('onRequest', (request, reply, done) => {
    const end = options.unrecorded.begin();
    reply.raw.once('close', () => {
      record(request, reply, sampling, options);
      end();
    });
    done();
  });
}

function record(
  request: FastifyRequest,
  reply: FastifyReply,
  sampling: (now: number) => number,
  { edge, logger, onResponse }: RequestRecordOptions,
): void {
  const { method, routeOptions } = request;
  const sent = reply.raw.writableFinished ? reply.statusCode : undefined;
  recordServerRequest(method, routeOptions.url, sent, reply.elapsedTime);
  const serving = servingOf(request);
  if (!serving) return;
  const arrival = arrivalOf(request, edge);
  if (arrival.kind === 'timed' && arrival.hurried && sent === 504)
    recordClientDeadline(method, routeOptions.url);
  if (sent !== undefined && arrival.kind !== 'operation') onResponse?.(sent, reply.hasHeader(DEGRADED));
  const status = sent ?? CONNECTION_CLOSED;
  within(request, () => {
    if (!request.url.startsWith('/health/'))
      logAccess(logger, request, reply, {
        status,
        edge,
        sampled: isOrdinary(status, reply) ? sampling(monotonicNow()) : 1,
      });
    endServerSpan(serving.span, sent);
  });
}

/** Of requests that went otherwise, every line is kept. */
const isOrdinary = (status: number, reply: FastifyReply): boolean =>
  status >= 200 && status < 300 && !reply.hasHeader(DEGRADED);

function logAccess(
  logger: Logger,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, edge, sampled }: { status: number; edge: boolean; sampled: number },
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
      ...(edge && isRequestId(clientRequestId) && { clientRequestId }),
    },
    `${request.method} ${request.routeOptions.url ?? '(no route)'} ${status}`,
  );
}
