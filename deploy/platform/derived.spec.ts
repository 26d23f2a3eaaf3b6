import { expect, it } from 'vitest';
import { createPlatform, createPlatformOfCalls } from '../../test/support/create-platform.ts';
import type { Call } from './define-platform.ts';
import { byPort, inStartOrder, toReplicas, toServices } from './derived.ts';

const startOrder = (calls: Record<string, Record<string, Call>>): string[] =>
  inStartOrder(createPlatformOfCalls(calls)).map(({ name }) => name);

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
