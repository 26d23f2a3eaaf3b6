import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject, Injectable, Module, Param, Post } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '@film-store/core';
import { type LastKnownGood, redisLastKnownGood } from '@film-store/degradation';
import { type IdempotencyStore, redisStore } from '@film-store/idempotency';
import { RedisConnection, RedisModule } from '@film-store/redis';
import { eventually } from '../../../test/support/eventually.ts';
import { CONFIG, serviceConfig } from '../src/config.ts';
import { redisEnv, toRedisOptions } from '../src/environment.ts';
import { createService, defineService } from '../src/service.ts';
import { hasOwnRedis, startOwnRedis } from './own-redis.ts';

@Injectable()
class Stores {
  readonly pages: LastKnownGood;
  readonly records: IdempotencyStore;

  constructor(@Inject(RedisConnection) { client }: RedisConnection) {
    this.pages = redisLastKnownGood(client!, systemClock);
    this.records = redisStore(client!);
  }
}

@Controller()
class PagesController {
  constructor(@Inject(Stores) private readonly stores: Stores) {}

  @Get('pages/:name')
  async read(@Param('name') name: string) {
    return { page: (await this.stores.pages.read(name, z.string(), 60_000))?.value ?? 'none' };
  }

  @Post('pages/:name/:text')
  write(@Param('name') name: string, @Param('text') text: string) {
    this.stores.pages.set(name, text);
    return {};
  }

  @Post('claims/:id')
  async claim(@Param('id') id: string) {
    return this.stores.records.claim(id, { owner: randomUUID(), fingerprint: 'f' });
  }
}

@Module({
  imports: [RedisModule.forRootAsync({ inject: [CONFIG], useFactory: toRedisOptions })],
  controllers: [PagesController],
  providers: [Stores],
})
class PagesModule {}

const definition = defineService({
  name: 'pages',
  config: serviceConfig({ port: 0 }).extend(redisEnv),
  module: PagesModule,
});

describe.skipIf(!hasOwnRedis)('installations that share a Redis', () => {
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  let direct: Redis;
  beforeAll(async () => {
    redis = await startOwnRedis();
    ({ direct } = redis);
  });
  afterAll(() => redis.stop());

  const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const service = await createService(definition, {
      PORT: '0',
      LOG_LEVEL: 'silent',
      REDIS_URL: redis.url,
      ...env,
    });
    onTestFinished(() => service.stop());
    return service.start();
  };
  const read = async (url: string): Promise<unknown> => (await fetch(`${url}/pages/films`)).json();
  const write = (url: string, text: string) => fetch(`${url}/pages/films/${text}`, { method: 'POST' });
  const claim = async (url: string, id: string): Promise<unknown> =>
    (await fetch(`${url}/claims/${id}`, { method: 'POST' })).json();

  it('read only their own last known values and idempotency records', async () => {
    const [north, south] = [
      await start({ PLATFORM_NAMESPACE: 'north' }),
      await start({ PLATFORM_NAMESPACE: 'south' }),
    ];
    const otherReplica = await start({ PLATFORM_NAMESPACE: 'north' });
    await write(north, 'from-north');
    await eventually(async () => expect(await read(otherReplica)).toEqual({ page: 'from-north' }));
    expect(await read(south)).toEqual({ page: 'none' });

    expect(await claim(north, 'order')).toEqual({ outcome: 'claimed' });
    expect(await claim(south, 'order')).toEqual({ outcome: 'claimed' });
    expect(await claim(otherReplica, 'order')).toMatchObject({ outcome: 'busy' });
  });

  it('keep the keys of earlier versions without a namespace', async () => {
    const url = await start();
    await write(url, 'old');
    await eventually(async () => expect(await direct.exists('{last-known-good}:3:films')).toBe(1));
    await claim(url, 'order');
    expect(await direct.exists('idem:1:{order}')).toBe(1);
  });
});
