import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { home } from '@film-store/contracts';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import {
  LOCAL_IDEMPOTENCY_SECRET,
  root,
  serviceArguments,
  startService,
} from '../../deploy/local/services.ts';

describe('a gateway without its upstreams', () => {
  let gateway: Service;
  let url: string;

  beforeAll(async () => {
    const [port = 0, closed] = await freePorts(2);
    const nowhere = `http://localhost:${closed}`;
    const env = {
      CATALOG_URL: nowhere,
      RECOMMENDATIONS_URL: nowhere,
      REDIS_URL: `redis://localhost:${closed}`,
      IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
    };
    url = `http://localhost:${port}`;
    gateway = startService({ name: 'gateway', port, env: { ...process.env, ...env } });
    await gateway.ready();
  });
  afterAll(() => gateway.stop());

  it('responds to home without films', async () => {
    const response = await fetch(`${url}/api/home`);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-degraded')).toBe('featured;reason=unreachable;source=none');
    expect(home.parse(await response.json()).featured).toMatchObject({
      items: [],
      source: 'none',
      degraded: true,
    });
  });

  it('is ready, and reports its failing dependencies', async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const deep = await fetch(`${url}/health/deep`);
    expect(deep.status).toBe(200);
    expect(await deep.json()).toMatchObject({
      status: 'degraded',
      details: {
        redis: { status: 'degraded' },
        catalog: { status: 'degraded' },
        recommendations: { status: 'degraded' },
      },
    });
  });

  // #region part: control-room
  it('has no control room unless it is enabled', async () => {
    for (const path of ['/', '/control-room/main.js', '/control-room/settings.json']) {
      const response = await fetch(url + path);
      expect([path, response.status]).toEqual([path, 404]);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });
  // #endregion part: control-room

  it('documents its API, and only that', async () => {
    const response = await fetch(`${url}/docs/openapi.json`);
    const { openapi, paths } = (await response.json()) as { openapi: string; paths: Record<string, object> };
    expect(openapi).toBe('3.1.0');
    expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      ['/api/home', ['get']],
      ['/api/products', ['get']],
      ['/api/products/{id}', ['get']],
      ['/api/orders', ['post']],
      ['/api/orders/{id}', ['get']],
    ]);
  });

  it('documents the request and the responses of an order', async () => {
    const document = (await (await fetch(`${url}/docs/openapi.json`)).json()) as OpenApi;
    const { parameters, responses } = document.paths['/api/orders']!['post']!;
    expect(parameters).toContainEqual(
      expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
    );
    const codes = Object.entries(responses).map(([status, { description }]) => [
      status,
      (description.match(/(?<=`)[a-z-]+(?=`:)/g) ?? []).toSorted(),
    ]);
    expect(Object.fromEntries(codes)).toMatchObject({
      '201': [],
      '400': ['idempotency-key-invalid', 'idempotency-key-missing', 'validation-failed'],
      '401': ['unauthorized'],
      '409': ['operation-in-progress', 'out-of-stock', 'outcome-unknown'],
      '413': ['payload-too-large'],
      '415': ['unsupported-media-type'],
      '422': ['idempotency-key-reused', 'validation-failed'],
      '503': ['breaker-open', 'bulkhead-full', 'idempotency-unavailable', 'overloaded', 'unavailable'],
    });
  });
});

interface OpenApi {
  readonly paths: Record<
    string,
    Record<string, { parameters: object[]; responses: Record<string, { description: string }> }>
  >;
}

describe('a service’s configuration', () => {
  const runGateway = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    new Promise<{ code: number | string | null; stdout: string; stderr: string }>((resolve) => {
      const given = { cwd: root, env: { ...process.env, ...env } };
      execFile(
        process.execPath,
        [...serviceArguments('gateway'), ...args],
        given,
        (error, stdout, stderr) => {
          resolve({ code: error ? (error.code ?? null) : 0, stdout, stderr });
        },
      );
    });

  it('that is invalid ends it with code 78 before it listens, and lists all errors', async () => {
    const { code, stdout, stderr } = await runGateway({
      PORT: 'http',
      LOG_LEVEL: 'loud',
      CATALOG_URL: 'catalog',
      IDEMPOTENCY_SECRET: 'too short',
    });
    expect(code).toBe(78);
    expect(stdout).toBe('');
    expect(stderr.match(/^ {2}\w+(?=: )/gm)).toEqual([
      '  PORT',
      '  LOG_LEVEL',
      '  CATALOG_URL',
      '  IDEMPOTENCY_SECRET',
    ]);
  });

  it('without the addresses of its upstreams ends it with code 78 in production', async () => {
    const { code, stderr } = await runGateway({ NODE_ENV: 'production', PORT: 'http' });
    expect(code).toBe(78);
    expect(stderr).toMatch(/^ {2}PORT: /m);
    expect(stderr).toMatch(/^ {2}CATALOG_URL: is required with NODE_ENV=production$/m);
  });

  it('is printed without its secrets', async () => {
    const secrets = {
      REDIS_URL: 'redis://:hunter2@localhost',
      IDEMPOTENCY_SECRET: 'hunter2-hunter2-hunter2-hunter2-hunter2',
    };
    const { code, stdout } = await runGateway(secrets, '--print-config');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      PORT: 3000,
      REDIS_URL: '(redacted)',
      IDEMPOTENCY_SECRET: '(redacted)',
    });
    expect(stdout).not.toContain('hunter2');
  });
});
