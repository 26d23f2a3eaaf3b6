import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { type Observable, catchError } from 'rxjs';
import { Problem } from '#libs/http';

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
        throw error instanceof DrizzleQueryError ? toError(error) : error;
      }),
    );
  }
}

function toError(error: DrizzleQueryError): Error {
  const cause = new QueryError(error);
  const state = stateOf(error.cause);
  if (state === QUERY_CANCELED) return new Problem('deadline-exceeded', { cause });
  return state === undefined || OUTAGE.test(state)
    ? new Problem('unavailable', { detail: 'the database is away', headers: { 'retry-after': '1' }, cause })
    : cause;
}

/** The SQLSTATE of a statement that `statement_timeout` ended. */
const QUERY_CANCELED = '57014';

/** SQLSTATE classes of a server that cannot work now: connection exception, resources, operator intervention. */
const OUTAGE = /^(?:08|53|57)/;

/** A server that answers gives a five-character SQLSTATE; without one, none answered. */
function stateOf(cause: unknown): string | undefined {
  const state = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[0-9A-Z]{5}$/.test(state) ? state : undefined;
}
