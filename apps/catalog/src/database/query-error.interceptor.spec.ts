import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { lastValueFrom, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionFailed } from './database-error.ts';
import { QueryErrorInterceptor } from './query-error.interceptor.ts';

const thrownThrough = (error: Error): Promise<unknown> => {
  const handler: CallHandler = { handle: () => throwError(() => error) };
  const answer = new QueryErrorInterceptor().intercept({} as ExecutionContext, handler);
  return lastValueFrom(answer).catch((thrown: unknown) => thrown);
};

const failed = (code?: string): DrizzleQueryError =>
  new DrizzleQueryError(
    'insert into "orders" values ($1)',
    ['ann@example.org'],
    Object.assign(new Error('no luck'), { ...(code !== undefined && { code }) }),
  );

describe('QueryErrorInterceptor', () => {
  it('keeps the parameters of a failed query out of its error', async () => {
    const thrown = await thrownThrough(failed('23514'));
    expect(thrown).toMatchObject({
      name: 'QueryError',
      message: 'a query failed',
      query: 'insert into "orders" values ($1)',
      cause: { message: 'no luck' },
    });
    expect(thrown).not.toHaveProperty('params');
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', '08006', '25P03', '53300', '57P01', '58030', undefined])(
    'asks to try again later when the database is away: %s',
    async (code) => {
      expect(await thrownThrough(failed(code))).toMatchObject({
        code: 'unavailable',
        status: 503,
        headers: { 'retry-after': '1' },
        cause: { name: 'QueryError' },
      });
    },
  );

  it('asks to try again later when there is no connection to be had', async () => {
    const cause = new ConnectionFailed('too many clients');
    expect(await thrownThrough(cause)).toMatchObject({ code: 'unavailable', status: 503, cause });
  });

  it.each([
    ['25006', 'the database is read-only'],
    ['40001', 'the transaction was rolled back in favor of another one'],
    ['40P01', 'the transaction was rolled back in favor of another one'],
  ])('asks to try again later when nothing was written, and says why: %s', async (code, detail) => {
    expect(await thrownThrough(failed(code))).toMatchObject({
      code: 'unavailable',
      status: 503,
      message: detail,
      headers: { 'retry-after': '1' },
    });
  });

  it.each(['57014', '55P03', '25P04'])(
    'is out of time when a statement was canceled by a timeout: %s',
    async (code) => {
      expect(await thrownThrough(failed(code))).toMatchObject({
        code: 'deadline-exceeded',
        status: 504,
        cause: { name: 'QueryError' },
      });
    },
  );

  it('passes other errors on', async () => {
    const error = new TypeError('a bug');
    expect(await thrownThrough(error)).toBe(error);
  });
});
