import { Controller, Get, Inject, Module } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { type SwitchingProxy, startSwitchingProxy } from '../../../test/support/switching-proxy.ts';
import { CONFIG, serviceConfig } from '../src/config.ts';
import { redisEnv, toRedisOptions } from '../src/environment.ts';
import { RedisConnection, RedisModule } from '@film-store/redis';
import { type Service, createService, defineService } from '../src/service.ts';
import { hasOwnRedis, startOwnRedis } from './own-redis.ts';

@Controller()
class WordController {
  constructor(@Inject(RedisConnection) private readonly redis: RedisConnection) {}

  @Get('read')
  async read() {
    return { word: await this.redis.client?.execute((client) => client.get('word')) };
  }

  @Get('write')
  async write() {
    await this.redis.client?.execute((client) => client.set('word', 'a'));
    return {};
  }

  @Get('mistake')
  mistake() {
    return this.redis.client?.execute((client) => client.lpush('word', 'b'));
  }
}

@Module({
  imports: [RedisModule.forRootAsync({ inject: [CONFIG], useFactory: toRedisOptions })],
  controllers: [WordController],
})
class WordModule {}

const words = defineService({
  name: 'words',
  config: serviceConfig({ port: 0 }).extend(redisEnv),
  module: WordModule,
});

/** For who waits until Redis counts as hanging. */
const IMPATIENT = { UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '200', UPSTREAM_REDIS_TIMEOUT_MAX_MS: '200' };

describe.skipIf(!hasOwnRedis)('a service with Redis', () => {
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  let direct: Redis;
  let pid: number;
  let service: Service;
  let url: string;

  beforeAll(async () => {
    redis = await startOwnRedis();
    ({ direct } = redis);
    pid = Number(/process_id:(\d+)/.exec(await direct.info('server'))?.[1]);
  });
  afterAll(() => redis.stop());

  beforeEach(async () => {
    await direct.flushall();
    await direct.set('word', 'a');
    await direct.config('RESETSTAT');
  });
  afterEach(async () => {
    process.kill(pid, 'SIGCONT');
    await service.stop();
  });

  const start = async (env: NodeJS.ProcessEnv = {}): Promise<void> => {
    service = await createService(words, {
      PORT: '0',
      LOG_LEVEL: 'silent',
      REDIS_URL: redis.url,
      UPSTREAM_REDIS_BREAKER_VOLUME: '3',
      UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '900',
      UPSTREAM_REDIS_TIMEOUT_MAX_MS: '900',
      ...env,
    });
    url = await service.start();
    await eventually(async () => expect(await get('/read')).toMatchObject({ status: 200 }));
    // Discards the failures before Redis was ready.
    await setMode('forced-closed');
    await setMode('auto');
    await direct.config('RESETSTAT');
  };
  const get = async (path: string) => {
    const response = await fetch(url + path);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const setMode = (state: string) =>
    fetch(`${url}/ops/breakers/redis`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state }),
    });
  const breaker = async () => {
    const { upstreams } = (await get('/ops/resilience')).body as {
      upstreams: { policies: { policy: string; state: object }[] }[];
    };
    return upstreams[0]?.policies.find(({ policy }) => policy === 'breaker')?.state;
  };
  const health = async () => (await get('/health/deep')).body;

  it('that hangs is called a few times, until its breaker opens', async () => {
    await start(IMPATIENT);
    process.kill(pid, 'SIGSTOP');
    for (let call = 0; call < 3; call += 1) {
      expect(await get('/read')).toMatchObject({ status: 504, body: { code: 'upstream-timeout' } });
    }
    for (let call = 0; call < 20; call += 1) {
      expect(await get('/read')).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
    }
    process.kill(pid, 'SIGCONT');
    // Redis now executes the commands that it received while it hung.
    await eventually(async () => expect(await direct.info('commandstats')).toContain('cmdstat_get:calls=3,'));
  });

  it('is checked although the breaker is open, and degrades the service meanwhile', async () => {
    await start();
    await setMode('isolated');
    expect(await health()).toMatchObject({
      status: 'degraded',
      details: {
        redis: {
          status: 'degraded',
          store: 'redis',
          breaker: 'isolated',
          message: 'Redis works, but its breaker is isolated',
        },
      },
    });
    process.kill(pid, 'SIGSTOP');
    await eventually(async () =>
      expect(await health()).toMatchObject({
        status: 'degraded',
        details: { redis: { status: 'degraded', message: 'no response, breaker isolated' } },
      }),
    );
  });

  it('is called again when it works again', async () => {
    await start({
      ...IMPATIENT,
      UPSTREAM_REDIS_BREAKER_RESET_MS: '50',
      UPSTREAM_REDIS_BREAKER_RAMP_MS: '0',
    });
    process.kill(pid, 'SIGSTOP');
    await eventually(async () => expect(await get('/read')).toMatchObject({ status: 503 }));
    process.kill(pid, 'SIGCONT');
    await eventually(async () => expect(await get('/read')).toEqual({ status: 200, body: { word: 'a' } }));
    await eventually(async () => expect(await breaker()).toMatchObject({ state: 'closed' }));
  });

  it('does not fail because of an invalid command', async () => {
    await start();
    for (let call = 0; call < 5; call += 1) expect((await get('/mistake')).status).toBe(500);
    expect(await breaker()).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('fails when it has become a replica', async () => {
    await start();
    await direct.replicaof('127.0.0.1', 1);
    for (let call = 0; call < 3; call += 1) await get('/write');
    expect(await get('/write')).toMatchObject({ status: 503, body: { code: 'breaker-open' } });
    await direct.replicaof('NO', 'ONE');
  });

  describe('that fails over behind one address', () => {
    const stops = new Stops();
    let other: Redis;
    let proxy: SwitchingProxy;
    beforeAll(async () => {
      const second = stops.add(await startOwnRedis());
      other = second.direct;
      proxy = stops.add(await startSwitchingProxy(direct.options.port ?? 0));
    });
    afterAll(() => stops.stop());

    it('is reported by health, and accepts writes again, although the open connection leads to a replica', async () => {
      await start({
        REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
        // So that health alone finds out.
        UPSTREAM_REDIS_BREAKER_VOLUME: '1000',
      });
      await direct.replicaof('127.0.0.1', String(other.options.port));
      await eventually(async () =>
        expect(await health()).toMatchObject({
          status: 'degraded',
          details: { redis: { message: expect.stringMatching(/^no (?:write|response)/) } },
        }),
      );
      proxy.leadTo(other.options.port ?? 0);
      await eventually(async () => {
        expect(await get('/write')).toMatchObject({ status: 200 });
        expect(await get('/read')).toMatchObject({ status: 200, body: { word: 'a' } });
      });
      expect(await other.get('word')).toBe('a');
      await eventually(async () =>
        expect(await health()).toMatchObject({ details: { redis: { status: 'up' } } }),
      );
      await direct.replicaof('NO', 'ONE');
    });
  });
});

it('a service without Redis lists no upstream for it', async () => {
  const service = await createService(words, { PORT: '0', LOG_LEVEL: 'silent' });
  const url = await service.start();
  expect(await (await fetch(`${url}/ops/resilience`)).json()).toMatchObject({ upstreams: [] });
  await service.stop();
});
