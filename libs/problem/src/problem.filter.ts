import { type ArgumentsHost, Catch, type ExceptionFilter, Logger as NestLogger } from '@nestjs/common';
import {
  fromNestLogger,
  type HttpResponse,
  isSent,
  type Logger,
  requestContext,
  setHeaders,
  toRequestId,
} from '@film-store/core';
import type { Problem } from './problem.ts';
import { toProblem } from './to-problem.ts';

export type ProblemLogger = Pick<Logger, 'error' | 'warn' | 'debug'>;

/**
 * Sends a problem (RFC 9457) for every error of a handler, a parser or the router, and logs those of 500 and above. Works
 * on Nest's Fastify and Express adapters.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param logger logs the problems. @default Nest's `Logger` */
  constructor(private readonly logger: ProblemLogger = fromNestLogger(new NestLogger('Problem'))) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<object>(), http.getResponse<HttpResponse>(), this.logger);
  }
}

/** Sends a problem, unless a response was sent already, for example when the deadline passed. */
export function sendProblem(
  error: unknown,
  request: { readonly id?: unknown },
  response: HttpResponse,
  logger: ProblemLogger,
): void {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    const fields = { event: 'http.problem', code: problem.code, err: problem.cause ?? problem };
    logger[chooseLevel(problem)](fields, problem.message);
  }
  if (isSent(response)) return;
  const { status, headers, body } = problem.toResponse(toRequestId(request));
  void response.status(status);
  setHeaders(response, headers);
  void response.send(body);
}

function chooseLevel({ code }: Problem): keyof ProblemLogger {
  // Aborted work fails in many ways. The reason of the abort was logged already.
  if (requestContext.get()?.signal?.aborted) return 'debug';
  return code === 'internal' ? 'error' : 'warn';
}
