import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { type Observable, catchError } from 'rxjs';
import { Problem } from '@film-store/problem';
import { classifyError } from './database-error.ts';

/** A failed query without its parameters: they can contain e-mail addresses, which must not reach the log. */
export class QueryError extends Error {
  readonly query: string;

  constructor({ query, cause }: DrizzleQueryError) {
    super('a query failed', { cause });
    this.name = 'QueryError';
    this.query = query;
  }
}

/**
 * Maps database errors to problems: 503 if a later attempt can succeed, 504 for a statement that timed out. Other errors
 * pass through and become 500.
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
  const kind = classifyError(error);
  switch (kind) {
    case 'unavailable':
      return toUnavailable('the database is unavailable', cause);
    case 'read-only':
      return toUnavailable('the database is read-only', cause);
    case 'conflict':
      return toUnavailable('the database rolled the transaction back because of another one', cause);
    case 'timeout':
      return new Problem('deadline-exceeded', { cause });
    case undefined:
      return cause;
    default:
      return kind satisfies never;
  }
}

const toUnavailable = (detail: string, cause: unknown): Problem =>
  new Problem('unavailable', { detail, headers: { 'retry-after': '1' }, cause });
