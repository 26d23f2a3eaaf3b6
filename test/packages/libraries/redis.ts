import { expect } from 'vitest';
import { chooseRedis, startRedis } from '../../../deploy/local/redis.ts';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

const found = chooseRedis({ PATH: process.env.PATH });

export const redis: Library = {
  name: 'redis',
  adapters: ADAPTERS,
  check: async ({ get, redisPort }) => {
    const unreachable = { status: 503, body: { statusCode: 503, message: 'Redis is unreachable' } };
    expect(await get('/count')).toMatchObject(unreachable);
    if (found.kind !== 'own') return;

    const server = startRedis({ executable: found.executable, port: redisPort });
    try {
      await server.ready();
      const poll = { timeout: 20_000, interval: 500 };
      await expect.poll(() => get('/count'), poll).toMatchObject({ status: 200, body: { count: 1 } });
      expect(await get('/count')).toMatchObject({ status: 200, body: { count: 2 } });
    } finally {
      await server.stop();
    }
    expect(await get('/count')).toMatchObject(unreachable);
  },
};
