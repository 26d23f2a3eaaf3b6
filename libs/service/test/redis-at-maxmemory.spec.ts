import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Controller, Get, Inject, Module, Post } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { UseRoutePolicy } from '@film-store/http-server';
import { IdempotencyModule, Idempotent, redisStore } from '@film-store/idempotency';
import { RedisConnection, RedisModule } from '@film-store/redis';
import { eventually } from '../../../test/support/eventually.ts';
import { CONFIG, serviceConfig } from '../src/config.ts';
import { redisEnv, toRedisOptions } from '../src/environment.ts';
import { type Service, createService, defineService } from '../src/service.ts';
import { hasOwnRedis, startOwnRedis } from './own-redis.ts';

const SECRET = 'a secret of thirty-two characters';
/** Other data in the same Redis, in characters. */
const FILLING = 'x'.repeat(10_000);

let orders = 0;
/** The next order waits for it. */
let gate: Promise<void> | undefined;

@Controller()
class OrdersController {
  constructor(@Inject(RedisConnection) private readonly redis: RedisConnection) {}

  @Post('orders')
  @Idempotent()
  @UseRoutePolicy({ budgetMs: 120_000 })
  async order() {
    orders += 1;
    await gate;
    return { order: randomUUID() };
  }

  @Get('word')
  async word() {
    return { word: await this.redis.client?.execute((client) => client.get('word')) };
  }
}

@Module({
  imports: [
    RedisModule.forRootAsync({ inject: [CONFIG], useFactory: toRedisOptions }),
    IdempotencyModule.forRootAsync({
      inject: [RedisConnection, PinoLogger],
      useFactory: ({ client }: RedisConnection, logger: PinoLogger) => ({
        store: redisStore(client!),
        secret: SECRET,
        whenStoreFails: 'proceed' as const,
        logger,
      }),
    }),
  ],
  controllers: [OrdersController],
})
class OrdersModule {}

const definition = defineService({
  name: 'orders',
  config: serviceConfig({ port: 0 }).extend(redisEnv),
  module: OrdersModule,
});

describe.skipIf(!hasOwnRedis)('a service whose Redis has reached maxmemory', () => {
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  let direct: Redis;
  let service: Service;
  let url: string;
  let lines: { readonly event?: string; readonly to?: string }[];

  let skipped = 0;

  beforeAll(async () => {
    const realNow = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => realNow() + skipped);
    redis = await startOwnRedis();
    ({ direct } = redis);
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await setMaxMemory(0, 'noeviction');
    await direct.flushall();
    lines = [];
    service = await createService(definition, {
      PORT: '0',
      REDIS_URL: redis.url,
      UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '2000',
      UPSTREAM_REDIS_TIMEOUT_MAX_MS: '2000',
    });
    const stream = (service.logger as unknown as Record<symbol, { write: (line: string) => void }>)[
      pino.symbols.streamSym
    ]!;
    stream.write = (line) => void lines.push(JSON.parse(line) as object);
    url = await service.start();
    await eventually(async () => assert.equal((await fetch(`${url}/word`)).status, 200));
  });
  afterEach(async () => {
    gate = undefined;
    await service.stop();
  });

  /** Moves the clock forward. It never moves back, because calls in flight would get negative durations. */
  const skipTime = (ms: number): void => {
    skipped += ms;
  };

  const setMaxMemory = async (bytes: number, policy: 'noeviction' | 'allkeys-lru'): Promise<void> => {
    await direct.config('SET', 'maxmemory-policy', policy);
    await direct.config('SET', 'maxmemory', bytes);
  };
  const usedMemory = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await direct.info('memory'))?.[1]);
  const post = async (key: string = randomUUID()) => {
    const response = await fetch(`${url}/orders`, { method: 'POST', headers: { 'idempotency-key': key } });
    return {
      status: response.status,
      text: await response.text(),
      replayed: response.headers.has('idempotent-replayed'),
    };
  };
  const events = (prefix: string) => lines.flatMap(({ event }) => (event?.startsWith(prefix) ? event : []));
  const health = async () => (await fetch(`${url}/health/deep`)).json();
  const breaker = async () => {
    const { upstreams } = (await (await fetch(`${url}/ops/resilience`)).json()) as {
      upstreams: {
        policies: { policy: string; state: { state: string; openMs: number; totals: { failure: number } } }[];
      }[];
    };
    return upstreams[0]!.policies.find(({ policy }) => policy === 'breaker')!.state;
  };

  describe('and rejects writes', () => {
    it('opens its breaker within 20 failures, although reads succeed before and after', async () => {
      for (let read = 0; read < 200; read += 1) await fetch(`${url}/word`);
      await setMaxMemory(1, 'noeviction');
      await eventually(async () => {
        await post();
        for (let read = 0; read < 3; read += 1) await fetch(`${url}/word`);
        expect(await breaker()).toMatchObject({ state: 'open' });
      });
      expect((await breaker()).totals.failure).toBeLessThanOrEqual(20);
    });

    it('is degraded until the breaker admits commands again, and logs one begin and one end', async () => {
      await setMaxMemory(1, 'noeviction');
      for (let order = 0; order < 10; order += 1) expect(await post()).toMatchObject({ status: 201 });
      await eventually(async () => {
        skipTime(1000);
        expect(await health()).toMatchObject({
          status: 'degraded',
          details: { redis: { message: 'no write (OOM), breaker open' } },
        });
      });
      await setMaxMemory(0, 'noeviction');
      skipTime(1100);
      expect(await health()).toMatchObject({
        status: 'degraded',
        details: { redis: { message: 'Redis works, but its breaker is open' } },
      });
      // The breaker is open for a while, and then recovers. Skipped time counts against the limit of `eventually`.
      await eventually(async () => {
        skipTime(2000);
        for (let order = 0; order < 10; order += 1) await post();
        expect(await health()).toMatchObject({ status: 'ok' });
        expect(events('idempotency.')).toEqual(['idempotency.store_failed', 'idempotency.store_recovered']);
      });
    });

    it('closes no breaker because of a read', async () => {
      await setMaxMemory(1, 'noeviction');
      for (let order = 0; order < 10; order += 1) await post();
      const { state, openMs } = await breaker();
      expect(state).toBe('open');
      skipTime(openMs);
      await fetch(`${url}/word`);
      // Twice as long as at first: the probe has failed. It may be a second attempt to record an order.
      await eventually(async () =>
        expect(await breaker()).toMatchObject({ state: 'open', openMs: 2 * openMs }),
      );
    });

    it('records the response of an order whose key was claimed before', async () => {
      const order = Promise.withResolvers<void>();
      gate = order.promise;
      const [key, before] = [randomUUID(), orders];
      const first = post(key);
      await eventually(async () => expect(orders).toBe(before + 1));
      await setMaxMemory(1, 'noeviction');
      order.resolve();
      const { text } = await first;
      expect(await direct.keys('idem:*')).toHaveLength(1);
      await setMaxMemory(0, 'noeviction');
      expect(await post(key)).toMatchObject({ text, replayed: true });
    });
  });

  describe('and evicts keys', () => {
    /** Fills Redis until it has evicted every record of an order. */
    const evictRecords = async (): Promise<void> => {
      await setMaxMemory((await usedMemory()) + 500 * FILLING.length, 'allkeys-lru');
      await eventually(async () => {
        for (let key = 0; key < 100; key += 1) await direct.set(`filling:${randomUUID()}`, FILLING);
        expect(await direct.keys('idem:*')).toEqual([]);
      });
    };

    /** Without failures of the store, because Redis may be slow while it evicts. */
    const losses = () => [...events('idempotency.lease_'), ...events('idempotency.records_')];

    it('logs lost records once, not each as a takeover', async () => {
      const running = Promise.withResolvers<void>();
      gate = running.promise;
      const before = orders;
      const sent = Array.from({ length: 5 }, () => post());
      await eventually(async () => expect(orders).toBe(before + 5));
      await evictRecords();
      running.resolve();
      for (const { status } of await Promise.all(sent)) expect(status).toBe(201);
      await eventually(async () => expect(losses()).toEqual(['idempotency.records_lost']));
    });

    it('logs when records are kept again for a minute', async () => {
      const running = Promise.withResolvers<void>();
      gate = running.promise;
      const before = orders;
      const sent = post();
      await eventually(async () => expect(orders).toBe(before + 1));
      await evictRecords();
      running.resolve();
      await sent;
      await eventually(async () => expect(losses()).toEqual(['idempotency.records_lost']));
      await setMaxMemory(0, 'noeviction');
      await post();
      skipTime(60_000);
      await post();
      expect(losses()).toEqual(['idempotency.records_lost', 'idempotency.records_kept']);
    });
  });
});
