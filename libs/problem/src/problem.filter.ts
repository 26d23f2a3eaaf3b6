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

/** The records that are written of problems. */
export type ProblemLogger = Pick<Logger, 'error' | 'warn' | 'debug'>;

/**
 * Responds to every error of a handler, a parser or the router with a problem (RFC 9457), and logs those of 500 and
 * above. It works on Nest's Fastify and Express adapters.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** @param logger receives the records. @default Nest's `Logger` */
  constructor(private readonly logger: ProblemLogger = fromNestLogger(new NestLogger('Problem'))) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest<object>(), http.getResponse<HttpResponse>(), this.logger);
  }
}

/** Sends a problem, unless a response was sent already, for example because the deadline had passed. */
export function sendProblem(
  error: unknown,
  request: { readonly id?: unknown },
  response: HttpResponse,
  logger: ProblemLogger,
): void {
  const problem = toProblem(error);
  if (problem.status >= 500) {
    logger[levelOf(problem)](
      { event: 'http.problem', code: problem.code, err: problem.cause ?? problem },
      problem.message,
    );
  }
  if (isSent(response)) return;
  const { status, headers, body } = problem.toAnswer(toRequestId(request));
  void response.status(status);
  setHeaders(response, headers);
  void response.send(body);
}

function levelOf({ code }: Problem): 'debug' | 'error' | 'warn' {
  // Aborted work fails in many ways. The reason of the abort was logged already.
  if (requestContext.get()?.signal?.aborted) return 'debug';
  return code === 'internal' ? 'error' : 'warn';
}
