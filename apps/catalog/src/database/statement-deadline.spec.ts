import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNow, requestContext } from '@film-store/core';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import type { Database, OpenDatabase } from './database.ts';
import { limitStatements, toStatementTimeout } from './statement-deadline.ts';

describe('toStatementTimeout', () => {
  it.each([
    ['the remaining time', 300, 300],
    ['whole milliseconds', 300.2, 301],
    ['the minimum, at the boundary', 20, 20],
    ['the minimum just below it', 19.9, 20],
    ['the minimum with almost no time left', 0.001, 20],
    ['undefined when no time is left', 0, undefined],
    ['the maximum, at the boundary', 5000, 5000],
    ['the maximum beyond it', 5000.1, 5000],
    ['the maximum without a deadline', Infinity, 5000],
  ])('returns %s', (_, remaining, timeout) => {
    expect(toStatementTimeout(remaining, 5000)).toBe(timeout);
  });
});

describeOnEveryEngine('limitStatements', (database) => {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await database().open();
  });
  afterAll(() => open.close());

  const readLimit = async (db: Database): Promise<number> => {
    const { rows } = (await db.execute(
      sql`select setting::int as ms from pg_settings where name = 'statement_timeout'`,
    )) as { rows: { ms: number }[] };
    return rows[0]!.ms;
  };
  const readLimitAfter = (maxMs: number): Promise<number> =>
    open.db.transaction(async (tx) => {
      await limitStatements(tx, maxMs);
      return readLimit(tx);
    });

  it('sets a limit for the transaction only', async () => {
    const before = await readLimit(open.db);
    expect(await readLimitAfter(5000)).toBe(5000);
    expect(await readLimit(open.db)).toBe(before);
  });

  it('limits statements to the remaining time of the request', async () => {
    const deadline = monotonicNow() + 60_000;
    const limit = await requestContext.run({ requestId: 'r-1', deadline }, () => readLimitAfter(100_000));
    expect(limit).toBeLessThanOrEqual(60_000);
  });

  it('rejects when no time is left', async () => {
    const deadline = monotonicNow();
    await expect(
      requestContext.run({ requestId: 'r-1', deadline }, () => readLimitAfter(5000)),
    ).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });
});
