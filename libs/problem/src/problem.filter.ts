import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Problem } from './problem.ts';
import { requestContext } from '@film-store/core';
import { toProblem } from './to-problem.ts';

/** Answers every error of a handler, a parser or the router as a problem (RFC 9457), and logs our own faults. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger);
  }
}

/** Answers with a problem, unless an answer is there already: that the deadline has passed, say. */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): void {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    logger[levelOf(problem)](
      { event: 'http.problem', code: problem.code, err: problem.cause ?? problem },
      problem.message,
    );
  }
  if (reply.sent || reply.raw.headersSent) return;
  const { status, headers, body } = problem.toAnswer(request.id);
  void reply.status(status).headers(headers).send(body);
}

function levelOf({ code }: Problem): 'debug' | 'error' | 'warn' {
  // Work that was ended fails, each kind in its own way; why it was ended has been told.
  if (requestContext.get()?.signal?.aborted) return 'debug';
  return code === 'internal' ? 'error' : 'warn';
}
