import { expect, it } from 'vitest';
import { type Call, type Platform, definePlatform } from './define-platform.ts';
import { byPort, inStartOrder, toReplicas, toServices } from './derived.ts';

/** Creates a platform whose first service is public. Ports follow the order of the services. */
function createPlatform(calls: Record<string, Record<string, Call>>): Platform {
  const services = Object.entries(calls).map(([name, called], index) => [
    name,
    {
      port: 4000 - index,
      description: 'A service',
      public: index === 0,
      calls: called,
      objectives: { availability: 0.99, latencyMs: 250 },
    },
  ]);
  return definePlatform({
    name: 'shop',
    title: 'Shop',
    scope: '@shop',
    parts: [],
    services: Object.fromEntries(services) as Parameters<typeof definePlatform>[0]['services'],
  });
}
const startOrder = (calls: Record<string, Record<string, Call>>): string[] =>
  inStartOrder(createPlatform(calls)).map(({ name }) => name);

it('starts a service after those that it calls', () => {
  expect(
    startOrder({
      web: { orders: 'critical', stock: 'critical' },
      orders: { stock: 'degradable' },
      stock: {},
    }),
  ).toEqual(['stock', 'orders', 'web']);
});

it('keeps the order of critical calls in a cycle with degradable calls', () => {
  const web: Record<string, Call> = { orders: 'critical' };
  expect(startOrder({ web, stock: { orders: 'degradable' }, orders: { stock: 'critical' } })).toEqual([
    'stock',
    'orders',
    'web',
  ]);
  expect(
    startOrder({
      web: { stock: 'degradable' },
      stock: { prices: 'degradable' },
      prices: { orders: 'degradable' },
      orders: { stock: 'critical' },
    }),
  ).toEqual(['prices', 'stock', 'web', 'orders']);
});

it('starts both services of a cycle of degradable calls before their caller', () => {
  expect(
    startOrder({
      web: { orders: 'degradable' },
      orders: { stock: 'degradable' },
      stock: { orders: 'degradable' },
    }),
  ).toEqual(['stock', 'orders', 'web']);
});

it('lists services by their ports', () => {
  expect(byPort(createPlatform({ web: {}, stock: {} })).map(({ name }) => name)).toEqual(['stock', 'web']);
});

it('runs the public service once and each other one twice, unless the manifest says otherwise', () => {
  const [web, stock] = toServices(createPlatform({ web: {}, stock: {} }));
  expect(toReplicas(web!)).toEqual(['web']);
  expect(toReplicas(stock!)).toEqual(['stock-1', 'stock-2']);
  expect(toReplicas({ ...stock!, replicas: 3 })).toEqual(['stock-1', 'stock-2', 'stock-3']);
  expect(toReplicas({ ...stock!, replicas: 1 })).toEqual(['stock']);
});
