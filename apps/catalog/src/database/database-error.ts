import { DrizzleQueryError } from 'drizzle-orm';

/** No connection to a database that works could be made; no statement has taken effect. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/**
 * What an error says about the database:
 *
 * - `away`: no server can work now.
 * - `slow`: the statement was canceled by a timeout.
 * - `read-only`: the server accepts reads only, as an old primary does after a failover.
 * - `conflict`: the server rolled the transaction back in favor of another one, or of replication.
 */
export type DatabaseErrorKind = 'away' | 'slow' | 'read-only' | 'conflict';

/** Returns `undefined` for an error that is the statement's own fault, or not the database's. */
export function classifyError(error: unknown): DatabaseErrorKind | undefined {
  if (error instanceof ConnectionFailed) return 'away';
  return error instanceof DrizzleQueryError ? classifyDriverError(error.cause) : undefined;
}

/** Returns the verdict of an error that the driver itself reports. */
export function classifyDriverError(error: unknown): DatabaseErrorKind | undefined {
  const state = parseSqlState(error);
  return state === undefined ? 'away' : KINDS.find(({ states }) => states.test(state))?.verdict;
}

/** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html. The first row that fits. */
const KINDS: readonly { readonly states: RegExp; readonly verdict: DatabaseErrorKind }[] = [
  // query_canceled, lock_not_available, transaction_timeout
  { states: /^(?:57014|55P03|25P04)$/, verdict: 'slow' },
  // read_only_sql_transaction
  { states: /^25006$/, verdict: 'read-only' },
  // serialization_failure, also of a standby that replays what a read looks at; deadlock_detected
  { states: /^(?:40001|40P01)$/, verdict: 'conflict' },
  // connection exception, insufficient resources, operator intervention, system error;
  // idle_in_transaction_session_timeout, which ends the connection
  { states: /^(?:08|53|57|58|25P03)/, verdict: 'away' },
];

/** A server that answers gives a five-character SQLSTATE; without one, none answered. */
function parseSqlState(cause: unknown): string | undefined {
  const state = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[0-9A-Z]{5}$/.test(state) ? state : undefined;
}
