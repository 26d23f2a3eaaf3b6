import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const loadShedding: Library = {
  name: 'load-shedding',
  adapters: ADAPTERS,
  check: async ({ get, upstream }) => {
    const held = Promise.withResolvers<void>();
    upstream.response = { status: 200, body: { ready: true }, after: held.promise };
    const first = get('/report');
    await expect.poll(() => get('/load')).toMatchObject({ status: 200, body: { limit: 1, inFlight: 1 } });

    const shed = await get('/report');
    expect(shed).toMatchObject({ status: 503, body: { status: 503, code: 'overloaded' } });
    expect(shed.headers.get('retry-after')).toMatch(/^[123]$/);

    held.resolve();
    expect(await first).toMatchObject({ status: 200, body: { ready: true } });
    await expect.poll(() => get('/load')).toMatchObject({ body: { inFlight: 0 } });
    expect(await get('/report')).toMatchObject({ status: 200, body: { ready: true } });
  },
};
