import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { order } from '@film-store/contracts';
import { eventually } from '../support/eventually.ts';
import { getPage, orderInit, send, sendBad } from './client.ts';
import { probe } from './probes.ts';
import { type Store, startStore } from './store.ts';

const FILM = 'the-dark-knight-2008';
const ORDER = { items: [{ productId: FILM, quantity: 1 }] };

describe('operating the store with its flags file', () => {
  let store: Store;
  let directory: string;
  let file: string;
  let shipped: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'flags-'));
    file = join(directory, 'flags.json');
    shipped = await readFile('deploy/flags/flags.json', 'utf8');
    await write(shipped);
    store = await startStore({ FLAGS_FILE: file, DATABASE_URL: '', REDIS_URL: '', FLAGD_HOST: '' });
  });
  afterAll(async () => {
    await store?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function write(text: string): Promise<void> {
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
  }

  /** Returns the shipped file with one flag off. */
  function off(key: string): string {
    const definitions = JSON.parse(shipped) as { flags: Record<string, { defaultVariant: string }> };
    const flag = definitions.flags[key];
    if (!flag) throw new Error(`the shipped file has no flag ${key}`);
    flag.defaultVariant = 'off';
    return JSON.stringify(definitions);
  }

  const isUndegraded = () =>
    eventually(async () => {
      const { headers } = await getPage(store, FILM);
      expect(headers.get('x-degraded')).toBeNull();
    });

  // #region part: recommendations
  it('turns personalized films off, marks the response as degraded, and turns them on again', async () => {
    await isUndegraded();
    await write(off('recommendations.personalized'));
    await eventually(async () => {
      const { body, headers } = await getPage(store, FILM);
      expect(body.recommendations).toMatchObject({ source: 'popular', degraded: true, reason: 'flag-off' });
      expect(body.recommendations.items).toHaveLength(6);
      expect(headers.get('x-degraded')).toBe('recommendations;reason=flag-off;source=popular');
    });
    await write(shipped);
    await isUndegraded();
  });
  // #endregion part: recommendations

  it('stops and accepts new orders, and nothing else', async () => {
    const first = orderInit(ORDER);
    const placed = await send(store, '/api/orders', order, first);
    await write(off('orders.accept'));
    const key = await eventually(async () => {
      const untaken = randomUUID();
      const rejected = await sendBad(store, '/api/orders', orderInit(ORDER, untaken));
      expect(rejected.problem).toMatchObject({ code: 'unavailable', status: 503, retryable: true });
      return untaken;
    });
    const repeated = await send(store, '/api/orders', order, first);
    expect([repeated.body, repeated.headers.get('idempotent-replayed')]).toEqual([placed.body, 'true']);
    expect((await send(store, `/api/orders/${placed.body.id}`, order)).body).toEqual(placed.body);
    await isUndegraded();
    await write(shipped);
    // The rejected key has no record: it is free, for another order too.
    const another = orderInit({ items: [{ productId: FILM, quantity: 2 }] }, key);
    await eventually(async () => expect((await send(store, '/api/orders', order, another)).status).toBe(201));
  });

  it('keeps the last good flags while the file is invalid', async () => {
    await write('{"flags": {');
    await eventually(async () =>
      expect(await deep()).toMatchObject({ status: 'degraded', details: { flags: { status: 'degraded' } } }),
    );
    await isUndegraded();
    await write(shipped);
  });

  // #region part: recommendations
  it('uses the safe defaults without the file, reports it, starts without it, and recovers', async () => {
    await rm(file);
    const reported = async () => {
      const { status, body, headers } = await getPage(store, FILM);
      expect(status).toBe(200);
      expect(body.recommendations).toMatchObject({ source: 'popular', degraded: true });
      expect(body.degraded).toEqual([
        { feature: 'flags', reason: 'unreachable', source: 'default' },
        { feature: 'recommendations', reason: 'flag-off', source: 'popular' },
      ]);
      expect(headers.get('x-degraded')).toBe(
        'flags;reason=unreachable;source=default, recommendations;reason=flag-off;source=popular',
      );
    };
    await eventually(reported);
    await eventually(async () => {
      expect(await fetchHealth('gateway')).toEqual({ ready: 200, failing: { flags: 'degraded' } });
      for (const name of ['catalog', 'recommendations'] as const)
        expect(await fetchHealth(name)).toEqual({ ready: 200, failing: {} });
    });
    expect((await send(store, '/api/orders', order, orderInit(ORDER))).status).toBe(201);

    await store.end('gateway', 'SIGTERM');
    await store.start('gateway');
    await reported();
    await write(shipped);
    await isUndegraded();
  });

  const fetchHealth = async (name: keyof Store['ports']) => {
    const { ready, failing } = await probe(`http://localhost:${store.ports[name]}`);
    return { ready, failing };
  };
  // #endregion part: recommendations

  const deep = async (): Promise<unknown> => (await fetch(`${store.url}/health/deep`)).json();
});
