import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { type Observable, catchError } from 'rxjs';
import { Problem } from '#libs/http';
import { verdictOf } from './database-error.ts';

/** A statement that failed, told without its parameters: Drizzle's own error carries e-mail addresses into the log. */
export class QueryError extends Error {
  readonly query: string;

  constructor({ query, cause }: DrizzleQueryError) {
    super('a query failed', { cause });
    this.name = 'QueryError';
    this.query = query;
  }
}

/**
 * Makes a database that is away a 503, to try again later, and a statement that ran out of time a 504; any other
 * failed statement stays our own fault.
 */
@Injectable()
export class QueryErrorInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, handler: CallHandler): Observable<unknown> {
    return handler.handle().pipe(
      catchError((error: unknown) => {
        throw toError(error);
      }),
    );
  }
}

function toError(error: unknown): unknown {
  const cause = error instanceof DrizzleQueryError ? new QueryError(error) : error;
  switch (verdictOf(error)) {
    case 'away':
      return new Problem('unavailable', {
        detail: 'the database is away',
        headers: { 'retry-after': '1' },
        cause,
      });
    case 'slow':
      return new Problem('deadline-exceeded', { cause });
    default:
      return cause;
  }
}
