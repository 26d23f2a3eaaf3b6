import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Problem, sendProblem, checkStrictJson } from '@film-store/problem';
import { REQUEST_ID, acceptRequestId, hasContent, newRequestId } from '@film-store/core';
import { openExchanges, trackExchanges } from './open-exchanges.ts';
import type { Trust } from './request-class.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { cutOffStalledResponses } from './stalled-responses.ts';
import { respondToUnreadable } from './unreadable-requests.ts';

/** Largest body that is read, in bytes; beyond it the answer is 413. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** Longest request line's path and query that is read, in characters; beyond it the answer is 414. */
export const URL_LIMIT = 4096;
/** Largest head of a request, in bytes; beyond it the answer is 431. */
const HEAD_LIMIT_BYTES = 16 * 1024;
/** Most headers of a request; beyond it the answer is 431. */
export const HEADERS_LIMIT = 100;

/** Limits of what clients may take of a server, in milliseconds and connections. */
export interface ClientLimits {
  /** Until the head of a request is there, from the first byte or, on a new connection, from its start: a 408. */
  readonly headMs: number;
  /** Until all of a request is there: a 408. It bounds what has no deadline. */
  readonly requestMs: number;
  /** How long one write to a client may take until its connection is closed: 64 KiB within it are 2 KiB a second. */
  readonly stalledMs: number;
  /** How often slow senders and slow readers are looked for. */
  readonly checkEveryMs: number;
  /** How long a connection may be idle between requests: longer than balancers keep theirs, 60 s as a rule. */
  readonly idleMs: number;
  /** More at a time are closed at once, so that files and memory are left for upstreams. */
  readonly connections: number;
}

/** There is no limit of requests per connection: it would stop nobody, and what was pipelined would be lost. */
export const CLIENT_LIMITS: ClientLimits = {
  headMs: 10_000,
  requestMs: 30_000,
  stalledMs: 30_000,
  checkEveryMs: 1_000,
  idleMs: 72_000,
  connections: 10_000,
};

export interface AdapterOptions {
  /** `public`: request ids of clients are not taken over, and responses have security headers. */
  readonly trust: Trust;
  readonly logger: Logger;
  readonly limits?: ClientLimits;
}

/** The HTTP server of a service. */
export function createAdapter({ trust, logger, limits = CLIENT_LIMITS }: AdapterOptions): FastifyAdapter {
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
      // Node would answer without a problem or a request id: a hook refuses it.
      requireHostHeader: false,
    },
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    rewriteUrl: ({ url = '/' }) => originForm(url),
    genReqId: (request: IncomingMessage) =>
      isPublic ? newRequestId() : acceptRequestId(request.headers[REQUEST_ID]),
    // The router refuses malformed addresses before any hook runs.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers({ ...securityHeaders, [REQUEST_ID]: request.id });
      sendProblem(error, request, reply, logger);
    },
    clientErrorHandler: (error, socket) =>
      respondToUnreadable(error, socket, { open: openExchanges(socket), headers: securityHeaders }),
  });
  const server = adapter.getHttpServer<Server>();
  server.maxConnections = limits.connections;
  // Node would drop those beyond a limit without a word, and with them what a proxy adds last; see HEADERS_LIMIT.
  server.maxHeadersCount = 0;
  trackExchanges(server);
  passOverExpectations(server);
  cutOffStalledResponses(server, limits);
  return adapter;
}

/**
 * Path and query of a request's target, which may be a whole address (RFC 9112, 3.2.2), or an asterisk for the server
 * itself (3.2.4), where there is nothing. What does not begin with a slash Fastify would answer past all hooks.
 */
function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** Ignores an unknown expectation (RFC 9110, 10.1.1), where Node would respond a bare 417. */
function passOverExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/**
 * Accepts bodies of plain JSON in UTF-8 that every parser reads alike. Responds 415 or 400 to anything else. The media
 * type of a request without content describes nothing (RFC 9110, 8.3) and is ignored: many clients send one with every
 * DELETE.
 */
export const strictJsonPlugin = fastifyPlugin(
  (fastify: FastifyInstance, _options: object, loaded: () => void) => {
    fastify.addHook('onRequest', ({ headers }, _reply, done) => {
      if (headers['content-type'] !== undefined && !hasContent(headers)) delete headers['content-type'];
      done();
    });
    acceptStrictJsonOnly(fastify);
    loaded();
  },
  { name: '@film-store/strict-json', fastify: '5.x' },
);

function acceptStrictJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    const refusal = codingProblem(request.headers);
    if (refusal) return done(refusal);
    void parse(request, text, (error, value) => done(error ?? checkStrictJson(text) ?? null, value));
  });
}

/** What a body's sender says of its bytes, and does not hold here. */
function codingProblem(headers: IncomingHttpHeaders): Problem | undefined {
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
