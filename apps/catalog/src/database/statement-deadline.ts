import { sql } from 'drizzle-orm';
import { CALL_FLOOR_MS, monotonicNow, remainingMs, requestContext } from '@film-store/core';
import { Problem } from '@film-store/problem';
import type { Database } from './database.ts';

/**
 * Limits each statement of the transaction, including its wait for locks, to the time until `deadline` and to `maxMs`.
 * Does not limit the sum of the statements. Has no effect on PGlite.
 * @param deadline @default that of the request
 * @throws Problem `deadline-exceeded` when no time is left
 */
export async function limitStatements(
  tx: Database,
  maxMs: number,
  deadline = requestContext.get()?.deadline,
): Promise<void> {
  const remaining = remainingMs(deadline, monotonicNow());
  const timeoutMs = toStatementTimeout(remaining, maxMs);
  if (timeoutMs === undefined) throw new Problem('deadline-exceeded');
  await tx.execute(sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`);
}

/** Returns whole milliseconds, or `undefined` if no time is left: PostgreSQL reads 0 as no limit. */
export function toStatementTimeout(remainingTimeMs: number, maxMs: number): number | undefined {
  if (remainingTimeMs <= 0) return undefined;
  return Math.min(maxMs, Math.max(CALL_FLOOR_MS, Math.ceil(remainingTimeMs)));
}
