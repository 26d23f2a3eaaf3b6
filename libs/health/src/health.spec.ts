import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { HealthModule } from './health.module.ts';
import { Degraded, HealthRegistry } from './health.registry.ts';
import { healthReport } from './health.report.ts';
import { HealthCheckFailed, LifecycleState } from '@film-store/core';

let app: NestFastifyApplication;
let registry: HealthRegistry;
let phase: LifecycleState;

beforeEach(async () => {
  phase = await startWith(new LifecycleState());
  phase.serve();
});
afterEach(() => app.close());

async function startWith(phase: LifecycleState): Promise<LifecycleState> {
  await app?.close();
  const module = await Test.createTestingModule({ imports: [HealthModule.register(phase)] }).compile();
  app = await module.createNestApplication<NestFastifyApplication>(new FastifyAdapter()).init();
  await app.getHttpAdapter().getInstance().ready();
  registry = app.get(HealthRegistry);
  return phase;
}

/** Parses the response with the published schema. */
const report = async (probe: 'ready' | 'deep') => {
  const response = await app.inject(`/health/${probe}`);
  expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
  return { status: response.statusCode, body: healthReport.parse(response.json()) };
};
const isLive = async () => {
  const response = await app.inject('/health/live');
  expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }]);
};
const up = (name: string, critical: boolean) =>
  registry.register({ name, critical, check: () => ({ films: 7 }) });
const down = (name: string, critical: boolean) =>
  registry.register({
    name,
    critical,
    check: () => {
      throw new HealthCheckFailed('unreachable', { breaker: 'open' });
    },
  });

it('a service without failures is live and ready, and reports details', async () => {
  up('database', true);
  await isLive();
  expect((await report('ready')).status).toBe(200);
  expect(await report('deep')).toMatchObject({
    status: 200,
    body: { status: 'ok', details: { database: { status: 'up', critical: true, films: 7 } } },
  });
});

it('a service whose critical indicator is degraded is ready, but degraded', async () => {
  registry.register({
    name: 'database',
    critical: true,
    check: () => {
      throw new Degraded('read-only', { connections: 3 });
    },
  });
  expect(await report('ready')).toMatchObject({
    status: 200,
    body: {
      status: 'degraded',
      details: {
        database: { status: 'degraded', critical: true, message: 'read-only', connections: 3 },
      },
    },
  });
});

it('a service whose critical indicator is down is live, but not ready', async () => {
  down('database', true);
  up('upstream', false);
  await isLive();
  expect((await report('ready')).status).toBe(503);
  expect(await report('deep')).toMatchObject({
    status: 503,
    body: {
      status: 'error',
      details: {
        database: { status: 'down', critical: true, message: 'unreachable', breaker: 'open' },
        upstream: { status: 'up', critical: false },
      },
    },
  });
});

it('a service whose other indicator fails is ready, but degraded', async () => {
  up('database', true);
  down('upstream', false);
  const ready = await report('ready');
  expect(ready.status).toBe(200);
  expect(Object.keys(ready.body.details)).toEqual(['memory', 'database']);
  expect(await report('deep')).toMatchObject({
    status: 200,
    body: { status: 'degraded', details: { upstream: { status: 'degraded', message: 'unreachable' } } },
  });
});

it.each([
  ['starting', false],
  ['shutting_down', true],
])('a service that is %s is live, but not ready, and reports details', async (status, drains) => {
  phase = await startWith(new LifecycleState());
  if (drains) phase.drain();
  up('database', true);
  await isLive();
  for (const probe of ['ready', 'deep'] as const) {
    expect(await report(probe)).toMatchObject({
      status: 503,
      body: { status, details: { database: { status: 'up' } } },
    });
  }
});

it('a draining service cannot serve again', () => {
  phase.drain();
  phase.serve();
  expect(phase.current).toBe('draining');
});

it('reports memory and event loop of the process', async () => {
  const { details } = (await report('deep')).body;
  expect(details['memory']).toMatchObject({
    status: 'up',
    critical: true,
    heapMiB: expect.any(Number),
    heapLimitMiB: expect.any(Number),
    rssMiB: expect.any(Number),
    anonymousMiB: expect.any(Number),
  });
  const { rssMiB, anonymousMiB } = details['memory'] as Record<string, number>;
  expect(anonymousMiB).toBeGreaterThan(0);
  expect(anonymousMiB).toBeLessThanOrEqual(rssMiB!);
  expect(details['event-loop']).toMatchObject({
    critical: false,
    delayP99Ms: expect.any(Number),
    utilization: expect.any(Number),
  });
});

it('runs a check once for many probes', async () => {
  let runs = 0;
  registry.register({ name: 'database', critical: true, check: () => ({ runs: ++runs }) });
  await Promise.all(Array.from({ length: 50 }, () => report('deep')));
  expect(runs).toBe(1);
});

it('runs a check again although the wall clock was set back', async () => {
  onTestFinished(() => void vi.useRealTimers());
  let runs = 0;
  registry.register({ name: 'database', critical: true, check: () => ({ runs: ++runs }) });
  await report('deep');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  await eventually(async () => {
    await report('deep');
    expect(runs).toBe(2);
  });
});

it('fails checks that hang after 500 ms, concurrently', async () => {
  for (const name of ['database', 'model', 'index']) {
    registry.register({ name, critical: true, check: () => new Promise(() => undefined) });
  }
  const { status, body } = await report('ready');
  expect(status).toBe(503);
  expect(body.details['database']).toMatchObject({ status: 'down', message: 'timeout of 500ms exceeded' });
});

it('reports the message of an unexpected error', async () => {
  registry.register({ name: 'upstream', critical: false, check: () => Promise.reject(new Error('a bug')) });
  expect((await report('deep')).body.details['upstream']).toMatchObject({
    status: 'degraded',
    message: 'a bug',
  });
});

it('rejects two indicators with the same name', () => {
  up('database', true);
  expect(() => up('database', false)).toThrow('"database" is registered already');
});

describe('the published schema', () => {
  it('contains every status', async () => {
    const schema = (await app.inject('/health/schema')).json<{
      properties: { status: { enum: string[] } };
    }>();
    expect(schema.properties.status.enum).toEqual(['ok', 'degraded', 'error', 'starting', 'shutting_down']);
  });
});
