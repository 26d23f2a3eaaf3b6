import { expect, it } from 'vitest';
import { createPlatform, createPlatformOfCalls } from '../../../../test/support/create-platform.ts';
import type { Platform } from '../../define-platform.ts';
import { toServices } from '../../derived.ts';
import { findStartConditions } from './start-conditions.ts';

/** Returns the conditions for each service, without those for the secrets. */
const findAll = (platform: Platform) =>
  Object.fromEntries(
    toServices(platform).map((service) => {
      const { setup: _setup, ...conditions } = findStartConditions(platform, service);
      return [service.name, conditions];
    }),
  );

it('waits for one replica of a called service, and for the servers of the stores', () => {
  const platform = createPlatform({
    web: { stores: ['redis'] },
    stock: { stores: ['database'] },
    orders: { calls: { stock: 'critical' } },
  });
  expect(findAll(platform)).toMatchObject({
    stock: { databases: 'service_completed_successfully' },
    orders: { 'stock-1': 'service_healthy' },
    web: { redis: 'service_healthy', 'stock-1': 'service_started', 'orders-2': 'service_started' },
  });
});

it('has no cycle when two services call each other, and starts the critical one first', () => {
  const platform = createPlatformOfCalls({
    web: { orders: 'degradable' },
    orders: { payments: 'degradable' },
    payments: { orders: 'critical' },
  });
  expect(findAll(platform)).toEqual({
    orders: {},
    payments: { 'orders-1': 'service_healthy' },
    web: {
      'orders-1': 'service_healthy',
      'orders-2': 'service_started',
      'payments-1': 'service_started',
      'payments-2': 'service_started',
    },
  });
});

it('does not make the public service wait for a service that calls it', () => {
  const platform = createPlatformOfCalls({
    web: {},
    mail: { web: 'degradable' },
    jobs: { mail: 'degradable' },
  });
  expect(findAll(platform)).toEqual({
    web: {},
    mail: { web: 'service_healthy' },
    jobs: { 'mail-1': 'service_healthy' },
  });
});
