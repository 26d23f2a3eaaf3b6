import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { type Observable, catchError } from 'rxjs';
import { Problem } from '@film-store/problem';
import { classifyError } from './database-error.ts';

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
 * Maps what is wrong with the database to a problem: 503 where a later attempt can succeed, 504 for a statement that
 * ran out of time. Any other failed statement is our own fault.
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
  const verdict = classifyError(error);
  switch (verdict) {
    case 'away':
      return tryLater('the database is away', cause);
    case 'read-only':
      return tryLater('the database is read-only', cause);
    case 'conflict':
      return tryLater('the transaction was rolled back in favor of another one', cause);
    case 'slow':
      return new Problem('deadline-exceeded', { cause });
    case undefined:
      return cause;
    default:
      return verdict satisfies never;
  }
}

const tryLater = (detail: string, cause: unknown): Problem =>
  new Problem('unavailable', { detail, headers: { 'retry-after': '1' }, cause });
