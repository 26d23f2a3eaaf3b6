import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const faultInjection: Library = {
  name: 'fault-injection',
  adapters: ADAPTERS,
  check: async ({ adapter, get, send }) => {
    const put = (body?: unknown, headers?: Readonly<Record<string, string>>) =>
      send('PUT', '/ops/faults', body, headers);
    const fresh = { status: 200, body: { status: 200, data: '{}' } };
    expect(await get('/books')).toMatchObject(fresh);

    const scenario = { scenario: 'library-down', ttlMs: 60_000 };
    const active = [{ service: 'shop', scenario: 'library-down' }];
    expect(await put(scenario)).toMatchObject({ status: 200, body: { active } });
    expect(await get('/books')).toMatchObject({ status: 502 });
    expect(await get('/ops/faults')).toMatchObject({
      status: 200,
      body: { scenarios: [{ name: 'library-down' }], active },
    });
    expect(await send('DELETE', '/ops/faults?scenario=library-down')).toMatchObject({ status: 204 });
    expect(await get('/books')).toMatchObject(fresh);

    const at = (point: string) => ({ faults: [{ point, kind: 'status', status: 503 }] });
    expect(await put(at('library'))).toMatchObject({ status: 200 });
    expect(await get('/books')).toMatchObject({ status: 200, body: { status: 503 } });
    expect(await put(at('inbound'))).toMatchObject({ status: 200 });
    expect(await get('/books')).toMatchObject({ status: adapter === 'fastify' ? 503 : 200 });
    expect(await send('DELETE', '/ops/faults')).toMatchObject({ status: 204 });
    expect(await get('/books')).toMatchObject(fresh);

    expect(await put({ scenario: 'library-up' })).toMatchObject({ status: 400 });
    expect(await send('DELETE', '/ops/faults?scenario=library-up')).toMatchObject({ status: 400 });
    expect(await put(at('nowhere'))).toMatchObject({ status: 422 });
    for (const body of [undefined, {}, [], { faults: [] }, { ...scenario, ...at('library') }])
      expect([400, 422]).toContain((await put(body)).status);
    for (const query of ['unknown=1', 'scenario=library-down&scenario=library-down'])
      expect([400, 422]).toContain((await send('DELETE', `/ops/faults?${query}`)).status);

    const proxied = { forwarded: 'for=192.0.2.1' };
    expect(await put(scenario, proxied)).toMatchObject({ status: 403 });
    expect(await send('GET', '/ops/faults', undefined, proxied)).toMatchObject({ status: 403 });
    expect(await send('DELETE', '/ops/faults', undefined, proxied)).toMatchObject({ status: 403 });
    expect(await get('/books')).toMatchObject(fresh);
  },
};
