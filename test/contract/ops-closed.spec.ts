import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService } from '@film-store/service';
import { freePorts } from '../../deploy/local/ports.ts';
import { type ServiceName, services, toUrlVariables } from '../../deploy/local/services.ts';
import { importService } from '../support/service-modules.ts';

const TOKEN = 'the-token-of-the-operators';

interface Route {
  readonly method: string;
  readonly path: string;
}

/** A running service, with every method and path of its router under `/ops`. */
interface Subject {
  readonly port: number;
  readonly routes: readonly Route[];
  stop(): Promise<void>;
}

/** Starts a service. Fastify announces each of its servers, so the list of routes is complete. */
async function start(name: ServiceName, env: NodeJS.ProcessEnv): Promise<Subject> {
  const routes: Route[] = [];
  const watch = (message: unknown): void => {
    const { fastify } = message as { fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url }) => {
      if (!/^\/ops(?:\/|$)/.test(url)) return;
      const path = url.replaceAll(/:\w+|\*/g, 'x');
      for (const each of [method].flat()) routes.push({ method: each, path });
    });
  };
  const [port = 0] = await freePorts(1);
  const dataDir = await mkdtemp(join(tmpdir(), 'ops-closed-'));
  const given = {
    PORT: String(port),
    LOG_LEVEL: 'silent',
    IDEMPOTENCY_SECRET: 'a secret of thirty-two characters',
    // #region part: faults
    FAULTS_ENABLED: 'true',
    // #endregion part: faults
    ...toUrlVariables(() => 'http://127.0.0.1:9'),
    DATABASE_URL: 'postgres://user@127.0.0.1:9/none',
    DATA_DIR: dataDir,
    DRAIN_TIMEOUT_MS: '0',
    ...env,
  };
  const definition = await importService(name);
  subscribe('fastify.initialization', watch);
  const service = await createService(definition, given);
  unsubscribe('fastify.initialization', watch);
  // Services that wait for others listen, but never become ready here.
  const started = service.start().catch((error: unknown) => error);
  await listening(port);
  return {
    port,
    routes,
    stop: async () => {
      await service.stop();
      await started;
      await rm(dataDir, { recursive: true });
    },
  };
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const up = await send(port, { method: 'GET', path: '/health/live' }).catch(() => 0);
    if (up === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Returns the status only: some responses never end. */
async function send(port: number, route: Route, headers: Record<string, string> = {}): Promise<number> {
  const writes = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(route.method);
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    ...route,
    headers: { ...(writes && { 'content-type': 'application/json', 'content-length': 2 }), ...headers },
    agent: false,
  };
  const sent = request(options);
  sent.end(writes ? '{}' : undefined);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => undefined).destroy();
  return response.statusCode ?? 0;
}

const intruders: [string, Record<string, string>][] = [
  ['from behind a proxy', { 'x-forwarded-for': '203.0.113.7' }],
  ['from behind a proxy that names this machine', { 'x-forwarded-for': '127.0.0.1' }],
  ['from behind a proxy that sets Forwarded', { forwarded: 'for=203.0.113.7' }],
  ['from behind a proxy that sets X-Real-IP', { 'x-real-ip': '203.0.113.7' }],
  ['from behind a proxy that sets Via', { via: '1.1 proxy' }],
  ['from a page of another origin', { origin: 'https://evil.example' }],
  ['from a page of another port', { origin: 'http://localhost:1' }],
  ['from a page without an origin', { origin: 'null' }],
  ['from a page of another site, as an image', { 'sec-fetch-site': 'cross-site' }],
  ['from a page of another port, as an image', { 'sec-fetch-site': 'same-site' }],
  ['by another name', { host: 'evil.example' }],
  ['by a name that only begins like ours', { host: 'localhost.evil.example' }],
];

describe.each(services)('$name under /ops', ({ name }) => {
  let open: Subject;
  let withToken: Subject;
  beforeAll(async () => {
    open = await start(name, {});
    withToken = await start(name, { ADMIN_TOKEN: TOKEN });
  });
  afterAll(() => Promise.all([open.stop(), withToken.stop()]));

  /** Lists the status of each route, without routes that respond 405. */
  const responses = async ({ port, routes }: Subject, headers: Record<string, string>) => {
    const reported = await Promise.all(
      routes.map(async (route) => `${route.method} ${route.path}: ${await send(port, route, headers)}`),
    );
    return reported.filter((line) => !line.endsWith(': 405'));
  };
  const statuses = (reported: readonly string[]) => new Set(reported.map((line) => line.slice(-3)));

  it('has routes that operators can use', async () => {
    const reported = await responses(withToken, { authorization: `Bearer ${TOKEN}` });
    expect(reported).toEqual(
      expect.arrayContaining(['GET /ops/resilience: 200', expect.stringMatching(/^PUT \/ops\/log-level: 4/)]),
    );
    expect(statuses(reported)).not.toContain('401');
    expect(statuses(reported)).not.toContain('403');
  });

  it('responds 401 without a token, on every route', async () => {
    expect(statuses(await responses(withToken, {}))).toEqual(new Set(['401']));
  });

  it.each(['Bearer wrong', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN, 'Bearer '])(
    'rejects the authorization %j, on every route',
    async (authorization) => {
      expect(statuses(await responses(withToken, { authorization }))).toEqual(new Set(['403']));
    },
  );

  it.each(intruders)('with a token, rejects a request %s', async (_, headers) => {
    expect(statuses(await responses(withToken, headers))).toEqual(new Set(['401']));
  });

  it.each(intruders)('without a token, rejects a request %s', async (_, headers) => {
    expect(statuses(await responses(open, headers))).toEqual(new Set(['403']));
  });

  // A page can send these types without a preflight request. Some routes reject the type before they check the caller.
  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'does nothing for a form of another site, as %s',
    async (type) => {
      const headers = { origin: 'https://evil.example', 'content-type': type };
      for (const line of await responses(open, headers)) expect(line).toMatch(/: 4(?:03|15)$/);
    },
  );
});
