import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthModule } from './health.module.ts';
import { HealthRegistry } from './health.registry.ts';

let app: NestFastifyApplication;
let registry: HealthRegistry;

beforeEach(async () => {
  const module = await Test.createTestingModule({ imports: [HealthModule] }).compile();
  app = await module.createNestApplication<NestFastifyApplication>(new FastifyAdapter()).init();
  await app.getHttpAdapter().getInstance().ready();
  registry = app.get(HealthRegistry);
});
afterEach(() => app.close());

const get = async (probe: string) => {
  const answer = await app.inject(`/health/${probe}`);
  return { status: answer.statusCode, body: answer.json<{ status: string; details?: object }>() };
};
const up = (name: string, critical: boolean) =>
  registry.register({ name, critical, check: () => ({ films: 7 }) });
const down = (name: string, critical: boolean) =>
  registry.register({
    name,
    critical,
    check: () => {
      throw new Error('gone');
    },
  });

describe('a service whose dependencies are all there', () => {
  it('is live, ready, and tells details', async () => {
    up('database', true);
    expect(await get('live')).toEqual({ status: 200, body: { status: 'ok' } });
    expect((await get('ready')).status).toBe(200);
    expect(await get('deep')).toMatchObject({
      status: 200,
      body: { status: 'ok', details: { database: { status: 'up', films: 7 } } },
    });
  });
});

describe('a service without something critical', () => {
  it('is live, but not ready', async () => {
    down('database', true);
    up('upstream', false);
    expect((await get('live')).status).toBe(200);
    expect((await get('ready')).status).toBe(503);
    expect(await get('deep')).toMatchObject({
      status: 503,
      body: {
        status: 'error',
        details: { database: { status: 'down', message: 'gone' }, upstream: { status: 'up' } },
      },
    });
  });
});

describe('a service without something it can do without', () => {
  it('is ready, and degraded', async () => {
    up('database', true);
    down('upstream', false);
    expect((await get('ready')).status).toBe(200);
    expect(await get('deep')).toMatchObject({
      status: 200,
      body: { status: 'degraded', details: { upstream: { status: 'degraded', message: 'gone' } } },
    });
  });
});

it('asks a dependency once for many probes', async () => {
  let asked = 0;
  registry.register({ name: 'database', critical: true, check: () => ({ asked: ++asked }) });
  await Promise.all(Array.from({ length: 50 }, () => get('deep')));
  expect(asked).toBe(1);
});

it('does not wait for a check that hangs', async () => {
  registry.register({ name: 'database', critical: true, check: () => new Promise(() => undefined) });
  expect((await get('ready')).status).toBe(503);
});

it('refuses two indicators of one name', () => {
  up('database', true);
  expect(() => up('database', false)).toThrow('"database" is registered already');
});
