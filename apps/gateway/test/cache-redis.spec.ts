import { expect, it, onTestFinished } from 'vitest';
import { productPage } from '@film-store/contracts';
import { createService } from '@film-store/service';
import { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { hasOwnRedis, startOwnRedis } from '../../../libs/service/test/own-redis.ts';
import { gateway } from '../src/gateway.ts';
import { startCalledServices } from './called-services.ts';
import { reset } from './fake-upstream.ts';

it.skipIf(!hasOwnRedis)(
  'pages are cached in the Redis of CACHE_REDIS_URL, orders are recorded in the other one',
  async () => {
    const stops = new Stops();
    onTestFinished(() => stops.stop());
    const called = await startCalledServices();
    stops.add({ stop: async () => called.close() });
    const [orders, cache] = [stops.add(await startOwnRedis()), stops.add(await startOwnRedis())];
    const start = async () => {
      const service = await createService(gateway, {
        PORT: '0',
        LOG_LEVEL: 'silent',
        IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
        ...called.env,
        REDIS_URL: orders.url,
        CACHE_REDIS_URL: cache.url,
      });
      stops.add(service);
      return service.start();
    };
    const getPage = async (url: string) =>
      productPage.parse(await (await fetch(`${url}/api/products/alien`)).json());

    const url = await start();
    await getPage(url);
    const page = '{last-known-good}:3:product:alien';
    await eventually(async () => expect(await cache.direct.exists(page)).toBe(1));
    expect(await orders.direct.keys('*last-known-good*')).toEqual([]);

    const health = (await (await fetch(`${url}/health/deep`)).json()) as { details: Record<string, unknown> };
    expect(health.details).toMatchObject({ redis: { status: 'up' }, cache: { status: 'up' } });

    called.upstreams.catalog.respond('/products/alien', reset);
    const other = await start();
    expect((await getPage(other)).degraded).toMatchObject([
      { feature: 'product', source: 'last-known-good' },
    ]);
    await cache.direct.config('SET', 'maxmemory-policy', 'allkeys-lru');
  },
);
