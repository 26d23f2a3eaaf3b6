import { DrizzleQueryError } from 'drizzle-orm';

/** No connection to the database could be had; nothing has been asked of it. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/**
 * What an error says of the database: that it is `away`, or that it was too `slow` for a statement. `undefined`:
 * nothing, the statement itself was at fault, or the error is none of the database's.
 */
export function verdictOf(error: unknown): 'away' | 'slow' | undefined {
  if (error instanceof ConnectionFailed) return 'away';
  if (!(error instanceof DrizzleQueryError)) return undefined;
  if (stateOf(error.cause) === QUERY_CANCELED) return 'slow';
  return isOutage(error.cause) ? 'away' : undefined;
}

/** Whether an error of the driver says that no server can work now, not that one refused what it was asked. */
export function isOutage(error: unknown): boolean {
  const state = stateOf(error);
  return state === undefined || OUTAGE.test(state);
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
