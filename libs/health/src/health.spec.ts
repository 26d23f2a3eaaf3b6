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

async function startWith(its: LifecycleState): Promise<LifecycleState> {
  await app?.close();
  const module = await Test.createTestingModule({ imports: [HealthModule.register(its)] }).compile();
  app = await module.createNestApplication<NestFastifyApplication>(new FastifyAdapter()).init();
  await app.getHttpAdapter().getInstance().ready();
  registry = app.get(HealthRegistry);
  return its;
}

/** Whatever the state, the answer is what the published schema says. */
const report = async (probe: 'ready' | 'deep') => {
  const answer = await app.inject(`/health/${probe}`);
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return { status: answer.statusCode, body: healthReport.parse(answer.json()) };
};
const isLive = async () => {
  const answer = await app.inject('/health/live');
  expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
};
const up = (name: string, critical: boolean) =>
  registry.register({ name, critical, check: () => ({ films: 7 }) });
const down = (name: string, critical: boolean) =>
  registry.register({
    name,
    critical,
    check: () => {
      throw new HealthCheckFailed('gone', { breaker: 'open' });
    },
  });

it('a service whose dependencies are all there is live, ready, and tells details', async () => {
  up('database', true);
  await isLive();
  expect((await report('ready')).status).toBe(200);
  expect(await report('deep')).toMatchObject({
    status: 200,
    body: { status: 'ok', details: { database: { status: 'up', critical: true, films: 7 } } },
  });
});

it('a service with less of something critical is ready, but degraded', async () => {
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

it('a service without something critical is live, but not ready', async () => {
  down('database', true);
  up('upstream', false);
  await isLive();
  expect((await report('ready')).status).toBe(503);
  expect(await report('deep')).toMatchObject({
    status: 503,
    body: {
      status: 'error',
      details: {
        database: { status: 'down', critical: true, message: 'gone', breaker: 'open' },
        upstream: { status: 'up', critical: false },
      },
    },
  });
});

it('a service without something it can do without is ready, and degraded', async () => {
  up('database', true);
  down('upstream', false);
  const ready = await report('ready');
  expect(ready.status).toBe(200);
  expect(Object.keys(ready.body.details)).toEqual(['memory', 'database']);
  expect(await report('deep')).toMatchObject({
    status: 200,
    body: { status: 'degraded', details: { upstream: { status: 'degraded', message: 'gone' } } },
  });
});

it.each([
  ['starting', false],
  ['shutting_down', true],
])('a service that is %s is live, but not ready, and tells what it has', async (status, drains) => {
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

it('never serves again once it drains', () => {
  phase.drain();
  phase.serve();
  expect(phase.current).toBe('draining');
});

it('tells of the process without being asked to', async () => {
  const { details } = (await report('deep')).body;
  expect(details['memory']).toMatchObject({
    status: 'up',
    critical: true,
    heapMiB: expect.any(Number),
    heapLimitMiB: expect.any(Number),
    rssMiB: expect.any(Number),
  });
  expect(details['event-loop']).toMatchObject({
    critical: false,
    delayP99Ms: expect.any(Number),
    utilisation: expect.any(Number),
  });
});

it('asks a dependency once for many probes', async () => {
  let asked = 0;
  registry.register({ name: 'database', critical: true, check: () => ({ asked: ++asked }) });
  await Promise.all(Array.from({ length: 50 }, () => report('deep')));
  expect(asked).toBe(1);
});

it('asks a dependency again although the wall clock was set back', async () => {
  onTestFinished(() => void vi.useRealTimers());
  let asked = 0;
  registry.register({ name: 'database', critical: true, check: () => ({ asked: ++asked }) });
  await report('deep');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
  await eventually(async () => {
    await report('deep');
    expect(asked).toBe(2);
  });
});

it('does not wait for checks that hang, neither for one nor for many, and says so', async () => {
  for (const name of ['database', 'model', 'index']) {
    registry.register({ name, critical: true, check: () => new Promise(() => undefined) });
  }
  const { status, body } = await report('ready');
  expect(status).toBe(503);
  expect(body.details['database']).toMatchObject({ status: 'down', message: 'timeout of 500ms exceeded' });
});

it('tells of a check that breaks by its message', async () => {
  registry.register({ name: 'upstream', critical: false, check: () => Promise.reject(new Error('a bug')) });
  expect((await report('deep')).body.details['upstream']).toMatchObject({
    status: 'degraded',
    message: 'a bug',
  });
});

it('refuses two indicators of one name', () => {
  up('database', true);
  expect(() => up('database', false)).toThrow('"database" is registered already');
});

describe('the published schema', () => {
  it('is served, with every status', async () => {
    const schema = (await app.inject('/health/schema')).json<{
      properties: { status: { enum: string[] } };
    }>();
    expect(schema.properties.status.enum).toEqual(['ok', 'degraded', 'error', 'starting', 'shutting_down']);
  });
});
