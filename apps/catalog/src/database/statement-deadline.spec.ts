import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { monotonicNow, requestContext } from '@film-store/core';
import { describeOnEveryEngine } from '../../test/on-every-engine.ts';
import type { Database, OpenDatabase } from './database.ts';
import { limitStatements, toStatementTimeout } from './statement-deadline.ts';

describe('statementTimeout', () => {
  it.each([
    ['what is left', 300, 300],
    ['whole milliseconds', 300.2, 301],
    ['the floor, at the boundary', 20, 20],
    ['the floor just short of it', 19.9, 20],
    ['the floor with hardly anything left', 0.001, 20],
    ['nothing when nothing is left', 0, undefined],
    ['the longest allowed, at the boundary', 5000, 5000],
    ['the longest allowed beyond it', 5000.1, 5000],
    ['the longest allowed without a deadline', Infinity, 5000],
  ])('is %s', (_, left, timeout) => {
    expect(toStatementTimeout(left, 5000)).toBe(timeout);
  });
});

describeOnEveryEngine('boundStatements', (place) => {
  let open: OpenDatabase;
  beforeAll(async () => {
    open = await place().open();
  });
  afterAll(() => open.close());

  const limitOf = async (db: Database): Promise<number> => {
    const { rows } = (await db.execute(
      sql`select setting::int as ms from pg_settings where name = 'statement_timeout'`,
    )) as { rows: { ms: number }[] };
    return rows[0]!.ms;
  };
  const boundedLimit = (atMostMs: number): Promise<number> =>
    open.db.transaction(async (tx) => {
      await limitStatements(tx, atMostMs);
      return limitOf(tx);
    });

  it('sets a limit for the transaction alone', async () => {
    const before = await limitOf(open.db);
    expect(await boundedLimit(5000)).toBe(5000);
    expect(await limitOf(open.db)).toBe(before);
  });

  it('sets no more than the request has left', async () => {
    const deadline = monotonicNow() + 60_000;
    const limit = await requestContext.run({ requestId: 'r-1', deadline }, () => boundedLimit(100_000));
    expect(limit).toBeLessThanOrEqual(60_000);
  });

  it('refuses when nothing is left', async () => {
    const deadline = monotonicNow();
    await expect(
      requestContext.run({ requestId: 'r-1', deadline }, () => boundedLimit(5000)),
    ).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });
});
