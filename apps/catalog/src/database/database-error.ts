import { DrizzleQueryError } from 'drizzle-orm';

/** No working connection could be made. No statement has taken effect. */
export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
}

/**
 * Cause of an error, seen from the database:
 *
 * - `unavailable`: the server is unreachable, stops, or lacks resources.
 * - `timeout`: a timeout canceled the statement.
 * - `read-only`: the server accepts reads only, for example an old primary after a failover.
 * - `conflict`: the server rolled the transaction back because of another transaction or of replication.
 */
type DatabaseErrorKind = 'unavailable' | 'timeout' | 'read-only' | 'conflict';

/** Returns the kind of an error, or `undefined` if the statement is wrong or the error is not from the database. */
export function classifyError(error: unknown): DatabaseErrorKind | undefined {
  if (error instanceof ConnectionFailed) return 'unavailable';
  return error instanceof DrizzleQueryError ? classifyDriverError(error.cause) : undefined;
}

/** Returns the kind of an error that the driver reports. */
export function classifyDriverError(error: unknown): DatabaseErrorKind | undefined {
  const sqlState = parseSqlState(error);
  return sqlState === undefined ? 'unavailable' : KINDS.find(({ states }) => states.test(sqlState))?.kind;
}

/** Kinds by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). The first matching row applies. */
const KINDS: readonly { readonly states: RegExp; readonly kind: DatabaseErrorKind }[] = [
  // query_canceled, lock_not_available, transaction_timeout
  { states: /^(?:57014|55P03|25P04)$/, kind: 'timeout' },
  // read_only_sql_transaction
  { states: /^25006$/, kind: 'read-only' },
  // serialization_failure, also on a standby whose replay conflicts with a read; deadlock_detected
  { states: /^(?:40001|40P01)$/, kind: 'conflict' },
  // connection exception, insufficient resources, operator intervention, system error;
  // idle_in_transaction_session_timeout, which closes the connection
  { states: /^(?:08|53|57|58|25P03)/, kind: 'unavailable' },
];

/** Returns the five-character SQLSTATE, or `undefined` if no server responded. */
function parseSqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
