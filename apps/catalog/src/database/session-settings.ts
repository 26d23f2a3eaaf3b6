import { sql } from 'drizzle-orm';
import type { ClientBase, QueryConfig } from 'pg';
import type { Transaction } from './database.ts';

/** Longest time of one statement, in milliseconds. Transactions that need more set their own timeout. */
export const STATEMENT_TIMEOUT_MS = 1_000;
/** Longest time to apply the settings, in milliseconds. */
const APPLY_TIMEOUT_MS = 1_000;

/**
 * Settings that the code relies on. A server, a database or a role can have other defaults. `datestyle`, `timezone` and
 * the next four define the text format of values.
 */
const SETTINGS = JSON.stringify({
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  standard_conforming_strings: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  statement_timeout: String(STATEMENT_TIMEOUT_MS),
});

/** Connections to a pooler such as PgBouncer, which can run each transaction in another session of the server. */
const pooled = new WeakSet<ClientBase>();

/** Returns `true` for a connection to a pooler, where session settings do not persist. */
export const isPooled = (client: ClientBase): boolean => pooled.has(client);

/**
 * Applies the settings to the session of a new connection. Behind a pooler, it changes nothing, because the session can
 * serve other clients next; each transaction must call `applyToTransaction`. A pooler is detected by the process id: the
 * one reported at connect differs from the one that runs the statement.
 */
export async function applyToSession(client: ClientBase): Promise<void> {
  const { processID } = client as unknown as { readonly processID: number | null };
  const statement: QueryConfig & { readonly query_timeout: number } = {
    text: 'select set_config(key, value, false) from json_each_text($1) where pg_backend_pid() = $2',
    values: [SETTINGS, processID],
    query_timeout: APPLY_TIMEOUT_MS,
  };
  const { rowCount } = await client.query(statement);
  if (rowCount === 0) pooled.add(client);
}

/** Applies the settings until the transaction ends. */
export async function applyToTransaction(tx: Transaction): Promise<void> {
  await tx.execute(sql`select set_config(key, value, true) from json_each_text(${SETTINGS})`);
}
