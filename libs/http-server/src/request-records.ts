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
import { requestScopes, runInScope } from './request-context.ts';
import type { InFlightHandlers } from './in-flight-handlers.ts';

export interface RequestRecordsOptions {
  readonly trust: Trust;
  readonly logger: Logger;
  /** Called with the status of every response that was sent, except responses to operators. */
  readonly onResponse?: (status: number, degraded: boolean) => void;
  /** Counts the requests that are not recorded yet. */
  readonly unrecorded: InFlightHandlers;
}

/** Status in the access line of a request whose connection closed before its response was sent, as in nginx. */
const CONNECTION_CLOSED = 499;

/**
 * Records each request once: a sample of its duration, the end of its span, and an access line. Health probes get no
 * access line, and a request that an earlier hook rejected gets only a sample.
 *
 * The records are made when the response closes, because `onResponse` of Fastify misses clients that leave. Register it
 * before all plugins that respond themselves, or their responses are not recorded.
 */
export const requestRecordsPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, options: RequestRecordsOptions) => {
    const sample = createAccessSampling();
    fastify.addHook('onRequest', (request, reply, done) => {
      const end = options.unrecorded.begin();
      reply.raw.once('close', () => {
        record(request, reply, sample, options);
        end();
      });
      done();
    });
  },
  { name: '@film-store/request-records', fastify: '5.x' },
);

function record(
  request: FastifyRequest,
  reply: FastifyReply,
  sample: (now: number) => number,
  { trust, logger, onResponse }: RequestRecordsOptions,
): void {
  const { method, routeOptions } = request;
  const sent = reply.raw.writableFinished ? reply.statusCode : undefined;
  recordServerRequest(method, routeOptions.url, sent, reply.elapsedTime);
  const scope = requestScopes.get(request);
  if (!scope) return;
  const received = receiveRequest(request, trust);
  const isDegraded = reply.hasHeader(DEGRADED);
  if (received.kind === 'timed' && received.hasShortDeadline && sent === 504)
    recordClientDeadline(method, routeOptions.url);
  if (sent !== undefined && received.kind !== 'operation') onResponse?.(sent, isDegraded);
  const status = sent ?? CONNECTION_CLOSED;
  const isOrdinary = status >= 200 && status < 300 && !isDegraded;
  runInScope(request, () => {
    const sampled = request.url.startsWith('/health/') ? 0 : isOrdinary ? sample(monotonicNow()) : 1;
    if (sampled > 0) logAccess(logger, request, reply, { status, trust, sampled });
    endServerSpan(scope.span, sent);
  });
}

/** Writes the access line of a request. Outside its context, `requestId` adds the id. */
export function logAccess(
  logger: Logger,
  { method, url, headers, routeOptions }: FastifyRequest,
  reply: FastifyReply,
  {
    status,
    trust,
    sampled,
    requestId,
  }: { status: number; trust: Trust; sampled: number; requestId?: string },
): void {
  const clientRequestId = headers[REQUEST_ID];
  const degraded = reply.getHeader(DEGRADED)?.toString();
  logger.info(
    {
      event: 'http.request',
      ...(requestId !== undefined && { requestId }),
      method,
      route: routeOptions.url,
      url: withoutQueryValues(url).slice(0, 256),
      status,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      ...(degraded !== undefined && { degraded: degraded.split(', ') }),
      ...(sampled > 1 && { sampled }),
      ...(trust === 'public' && isRequestId(clientRequestId) && { clientRequestId }),
    },
    `${method} ${routeOptions.url ?? '(no route)'} ${status}`,
  );
}
