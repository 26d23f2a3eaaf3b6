import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PreparedProblem, checkStrictJson, toProblem } from '@film-store/problem';
import { REQUEST_ID, acceptRequestId, hasContent, newRequestId } from '@film-store/core';
import { EarlyResponses } from './early-responses.ts';
import { trackResponses } from './open-responses.ts';
import type { Trust } from './request-class.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { closeStalledConnections } from './stalled-responses.ts';
import { respondToUnreadable } from './unreadable-requests.ts';

/** Largest body, in bytes. Above it the response is 413. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** Longest path with query, in characters. Above it the response is 414. */
export const URL_LIMIT = 4096;
/** Largest request line with headers, in bytes. Above it the response is 431. */
const HEAD_LIMIT_BYTES = 16 * 1024;
/** Most headers of a request. Above it the response is 431. */
export const HEADERS_LIMIT = 100;

/**
 * Limits of the time and connections that clients may use. All times are in milliseconds. The number of requests per
 * connection has no limit: Node would lose the pipelined requests above it.
 */
export const CLIENT_LIMITS = {
  /** From the first byte of a request, or the start of a new connection, to the end of the headers: then 408. */
  headMs: 10_000,
  /** From there to the end of the request: then 408. Bounds requests without a deadline. */
  requestMs: 30_000,
  /** Longest time for one write to a client: 64 KiB within 30 s are 2 KiB per second. Then the connection closes. */
  stalledMs: 30_000,
  /** Interval of the checks for slow clients. */
  checkEveryMs: 1_000,
  /** Longest idle time of a connection. Must be longer than that of load balancers, which is usually 60 s. */
  idleMs: 72_000,
  /** Connections above this number are closed at once, so that files and memory are left for upstreams. */
  connections: 10_000,
};

export interface AdapterOptions {
  /** `public`: request ids of clients are replaced, and responses have security headers. */
  readonly trust: Trust;
  /** Responds to malformed paths. @default its own */
  readonly early?: EarlyResponses;
  /** @default CLIENT_LIMITS */
  readonly limits?: typeof CLIENT_LIMITS;
}

/** Creates the HTTP server of a service, as an adapter for Nest. */
export function createAdapter({
  trust,
  limits = CLIENT_LIMITS,
  early = new EarlyResponses(trust),
}: AdapterOptions): FastifyAdapter {
  const isPublic = trust === 'public';
  const securityHeaders = isPublic ? SECURITY_HEADERS : {};
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    http: {
      headersTimeout: limits.headMs,
      connectionsCheckingInterval: limits.checkEveryMs,
      maxHeaderSize: HEAD_LIMIT_BYTES,
      // Node would respond without a problem and a request id: `requestContextPlugin` checks the header instead.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    rewriteUrl: ({ url = '/' }) => toOriginForm(url),
    genReqId: (request: IncomingMessage) =>
      isPublic ? newRequestId() : acceptRequestId(request.headers[REQUEST_ID]),
    // The router rejects malformed paths before any hook runs.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      early.send(request, reply, new PreparedProblem(toProblem(error))),
    clientErrorHandler: (error, socket) => respondToUnreadable(error, socket, securityHeaders),
  });
  const server = adapter.getHttpServer<Server>();
  server.maxConnections = limits.connections;
  // Node would drop the headers above a limit silently, and proxies add theirs last: see HEADERS_LIMIT.
  server.maxHeadersCount = 0;
  // Ignores unknown expectations (RFC 9110, 10.1.1), where Node would respond 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  trackResponses(server);
  closeStalledConnections(server, limits.stalledMs, limits.checkEveryMs);
  return adapter;
}

/**
 * Returns the path and query of a request target. A target may also be a whole URL (RFC 9112, 3.2.2) or an asterisk
 * (3.2.4). Fastify would respond to a target without a leading slash before any hook runs.
 */
function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/**
 * Accepts bodies of plain JSON in UTF-8 that every parser reads alike. Responds 415 or 400 to all others. Ignores the
 * media type of a request without content (RFC 9110, 8.3), which many clients send with every DELETE.
 */
export const strictJsonPlugin = fastifyPlugin(
  async (fastify: FastifyInstance) => {
    fastify.addHook('onRequest', ({ headers }, _reply, done) => {
      if (headers['content-type'] !== undefined && !hasContent(headers)) delete headers['content-type'];
      done();
    });
    const parse = fastify.getDefaultJsonParser('error', 'error');
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
      const problem = checkCoding(request.headers);
      if (problem) return done(problem);
      void parse(request, text, (error, value) => done(error ?? checkStrictJson(text) ?? null, value));
    });
  },
  { name: '@film-store/strict-json', fastify: '5.x' },
);

function checkCoding(headers: IncomingHttpHeaders): Problem | undefined {
  const { 'content-encoding': coding = 'identity', 'content-type': type = '' } = headers;
  if (coding.toLowerCase() !== 'identity')
    return new Problem('unsupported-media-type', {
      detail: 'the body must not be compressed',
      // RFC 9110, 15.5.16.
      headers: { 'accept-encoding': 'identity' },
    });
  const charsets = [...type.matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)/gi)].map(([, charset = '']) => charset);
  if (!charsets.every((charset) => charset.toLowerCase() === 'utf-8'))
    return new Problem('unsupported-media-type', { detail: 'the body must be in UTF-8' });
  return undefined;
}
