import { setTimeout } from 'node:timers/promises';
import { Controller, HttpCode, Injectable, Module, type OnApplicationShutdown, Post } from '@nestjs/common';
import { beforeEach, expect, it, vi } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { UseRoutePolicy, InFlightHandlers } from '@film-store/http-server';
import { createService, defineService } from '../src/service.ts';

let events: string[];
let work: PromiseWithResolvers<void>;
let begun: PromiseWithResolvers<void>;

@Controller()
class OrdersController {
  @Post('orders')
  @HttpCode(200)
  async order() {
    begun.resolve();
    await work.promise;
    events.push('ordered');
  }

  @Post('late')
  @UseRoutePolicy({ budgetMs: 20, priority: 'critical' })
  late() {
    return this.order();
  }
}

@Injectable()
class Database implements OnApplicationShutdown {
  onApplicationShutdown() {
    events.push('database closed');
  }
}

@Module({ controllers: [OrdersController], providers: [Database] })
class ShopModule {}

const start = async (env: NodeJS.ProcessEnv = {}) => {
  const service = await createService(
    defineService({ name: 'shop', config: serviceConfig({ port: 0 }), module: ShopModule }),
    { PORT: '0', LOG_LEVEL: 'silent', ...env },
  );
  vi.spyOn(service.logger, 'warn').mockImplementation((line: unknown) => {
    const { event } = line as { event: string };
    if (event.startsWith('shutdown.')) events.push(event);
  });
  return { service, url: await service.start() };
};

/** Sends an order and disconnects when its handler has begun. */
const orderAndLeave = async (url: string) => {
  const leaving = new AbortController();
  const left = fetch(`${url}/orders`, { method: 'POST', signal: leaving.signal });
  await begun.promise;
  leaving.abort();
  await expect(left).rejects.toThrow('aborted');
};

/** Resolves when the server accepts no connections, and the hooks that would follow have run. */
const closedToAll = async (url: string) => {
  await vi.waitFor(() => expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed'));
  await setTimeout(100);
};

beforeEach(() => {
  events = [];
  work = Promise.withResolvers();
  begun = Promise.withResolvers();
});

it.each(['adaptive', 'off'])(
  'a service waits for an order whose client has left before it closes the database (load shedding %s)',
  async (OVERLOAD_STRATEGY) => {
    const { service, url } = await start({ OVERLOAD_STRATEGY });
    await orderAndLeave(url);
    const stopped = service.stop();
    await closedToAll(url);
    expect(events).toEqual([]);
    work.resolve();
    await stopped;
    expect(events).toEqual(['ordered', 'database closed']);
  },
);

it('a service waits for an order that exceeded its deadline before it closes the database', async () => {
  const { service, url } = await start();
  expect((await fetch(`${url}/late`, { method: 'POST' })).status).toBe(504);
  const stopped = service.stop();
  await closedToAll(url);
  expect(events).toEqual([]);
  work.resolve();
  await stopped;
  expect(events).toEqual(['ordered', 'database closed']);
});

it('a service stops waiting for an order that fails', async () => {
  const { service, url } = await start();
  await orderAndLeave(url);
  const stopped = service.stop();
  work.reject(new Error('failed'));
  await stopped;
  expect(events).toEqual(['database closed']);
});

it('a service abandons an order that does not end in time, and logs it', async () => {
  const { service, url } = await start({ DRAIN_TIMEOUT_MS: '50' });
  await orderAndLeave(url);
  await service.stop();
  expect(events).toEqual(['shutdown.requests_aborted', 'database closed']);
});

it('whenIdle resolves when the last handler has ended', async () => {
  const running = new InFlightHandlers();
  const [endFirst, endSecond] = [running.begin(), running.begin()];
  let over = false;
  const waiting = running.whenIdle().then(() => (over = true));
  endFirst();
  await Promise.resolve();
  expect(over).toBe(false);
  endSecond();
  await waiting;
  await running.whenIdle();
});
