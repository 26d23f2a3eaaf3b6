import type { CallHandler, ExecutionContext } from '@nestjs/common';
import { DrizzleQueryError } from 'drizzle-orm';
import { lastValueFrom, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ConnectionFailed } from './database-error.ts';
import { QueryErrorInterceptor } from './query-error.interceptor.ts';

const throwThrough = (error: Error): Promise<unknown> => {
  const handler: CallHandler = { handle: () => throwError(() => error) };
  const result = new QueryErrorInterceptor().intercept({} as ExecutionContext, handler);
  return lastValueFrom(result).catch((thrown: unknown) => thrown);
};

const toQueryError = (code?: string): DrizzleQueryError =>
  new DrizzleQueryError(
    'insert into "orders" values ($1)',
    ['ann@example.org'],
    Object.assign(new Error('no luck'), { ...(code !== undefined && { code }) }),
  );

describe('QueryErrorInterceptor', () => {
  it('removes the parameters of a failed query from its error', async () => {
    const thrown = await throwThrough(toQueryError('23514'));
    expect(thrown).toMatchObject({
      name: 'QueryError',
      message: 'a query failed',
      query: 'insert into "orders" values ($1)',
      cause: { message: 'no luck' },
    });
    expect(thrown).not.toHaveProperty('params');
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', '08006', '25P03', '53300', '57P01', '58030', undefined])(
    'returns 503 with Retry-After when the database is unavailable: %s',
    async (code) => {
      expect(await throwThrough(toQueryError(code))).toMatchObject({
        code: 'unavailable',
        status: 503,
        headers: { 'retry-after': '1' },
        cause: { name: 'QueryError' },
      });
    },
  );

  it('returns 503 with Retry-After when no connection can be made', async () => {
    const cause = new ConnectionFailed('too many clients');
    expect(await throwThrough(cause)).toMatchObject({ code: 'unavailable', status: 503, cause });
  });

  it.each([
    ['25006', 'the database is read-only'],
    ['40001', 'the database rolled the transaction back because of another one'],
    ['40P01', 'the database rolled the transaction back because of another one'],
  ])('returns 503 with the reason when the server wrote nothing: %s', async (code, detail) => {
    expect(await throwThrough(toQueryError(code))).toMatchObject({
      code: 'unavailable',
      status: 503,
      message: detail,
      headers: { 'retry-after': '1' },
    });
  });

  it.each(['57014', '55P03', '25P04'])(
    'returns 504 when a timeout canceled the statement: %s',
    async (code) => {
      expect(await throwThrough(toQueryError(code))).toMatchObject({
        code: 'deadline-exceeded',
        status: 504,
        cause: { name: 'QueryError' },
      });
    },
  );

  it('passes other errors on', async () => {
    const error = new TypeError('a bug');
    expect(await throwThrough(error)).toBe(error);
  });
});
