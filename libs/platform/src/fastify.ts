import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import {
  Problem,
  PROBLEM_MEDIA_TYPE,
  REQUEST_ID,
  acceptRequestId,
  newRequestId,
  strictJsonProblem,
} from '#libs/http';
import { sendProblem } from './problem.filter.ts';

/** Largest body that is read, in bytes; beyond it the answer is 413. */
export const BODY_LIMIT_BYTES = 64 * 1024;
/** Longest request line's path and query that is read, in characters; beyond it the answer is 414. */
export const URL_LIMIT = 4096;
/** A sender that takes longer to deliver a request, in milliseconds, gets a 408. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The HTTP server of a service. At the edge a caller's request id is not taken over. */
export function createAdapter({ edge, logger }: { edge: boolean; logger: Logger }): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    genReqId: (request: IncomingMessage) =>
      edge ? newRequestId() : acceptRequestId(request.headers[REQUEST_ID]),
    // The router refuses malformed addresses before any hook runs.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.header(REQUEST_ID, request.id);
      sendProblem(error, request, reply, logger);
    },
    clientErrorHandler: answerUnreadable,
  });
}

/** All bodies are JSON that every parser reads alike: anything else is a 415 or a 400. */
export function acceptStrictJsonOnly(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    void parse(request, text, (error, value) => done(error ?? strictJsonProblem(text) ?? null, value));
  });
}

/** Answers what Node's HTTP parser could not read, where no request and no reply exist yet. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = unreadable(error.code);
  const requestId = newRequestId();
  const body = JSON.stringify(problem.toBody(requestId));
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.code}`,
      `content-type: ${PROBLEM_MEDIA_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'connection: close',
      `${REQUEST_ID}: ${requestId}`,
      '',
      body,
    ].join('\r\n'),
  );
}

function unreadable(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('request-timeout');
    default:
      return new Problem('validation-failed', { detail: 'the request is not valid HTTP' });
  }
}
