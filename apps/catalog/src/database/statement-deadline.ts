import { sql } from 'drizzle-orm';
import { CALL_FLOOR_MS, monotonicNow, remainingMs, requestContext } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { Transaction } from './database.ts';

/**
 * Lets no statement of the transaction run longer than the request it is for has left, or than `atMostMs`. Waiting for
 * a lock counts. It bounds each statement, not their sum; PGlite takes it without effect.
 * @throws Problem `deadline-exceeded` when nothing is left, and nothing has been done
 */
export async function limitStatements(tx: Transaction, atMostMs: number): Promise<void> {
  const left = remainingMs(requestContext.get()?.deadline, monotonicNow());
  const timeoutMs = toStatementTimeout(left, atMostMs);
  if (timeoutMs === undefined) throw new Problem('deadline-exceeded');
  await tx.execute(sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`);
}

/** In whole milliseconds; `undefined` where nothing is left, for to PostgreSQL 0 is no limit at all. */
export function toStatementTimeout(leftMs: number, atMostMs: number): number | undefined {
  if (leftMs <= 0) return undefined;
  return Math.min(atMostMs, Math.max(CALL_FLOOR_MS, Math.ceil(leftMs)));
}
