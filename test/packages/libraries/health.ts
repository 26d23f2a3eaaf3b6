import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const health: Library = {
  name: 'health',
  adapters: ADAPTERS,
  check: async ({ get, upstream }) => {
    const payments = (status: string) => ({ details: { payments: { status, critical: false } } });
    expect(await get('/health/live')).toMatchObject({ status: 200 });
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await get('/health/deep')).toMatchObject({ status: 200, body: payments('up') });
    expect(await get('/health/schema')).toMatchObject({ status: 200 });
    upstream.response = { status: 503, body: {} };
    await expect
      .poll(() => get('/health/deep'))
      .toMatchObject({ status: 200, body: { status: 'degraded', ...payments('degraded') } });
    expect(await get('/health/ready')).toMatchObject({ status: 200 });
  },
};
