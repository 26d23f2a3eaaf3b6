import { inspect } from 'node:util';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConfigSchema, type ServiceDefinition, createService } from '@film-store/service';
import { catalog } from '../../apps/catalog/src/catalog.ts';
import { gateway } from '../../apps/gateway/src/gateway.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProcess } from '../../deploy/local/process.ts';
import { chooseRedis } from '../../deploy/local/redis.ts';
import { startProgram } from '../../deploy/local/program.ts';
import {
  type ServiceName,
  forEachService,
  root,
  serviceArguments,
  serviceEnvironment,
} from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { eventually } from '../support/eventually.ts';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { createDatabase } from '../support/postgres.ts';
import { orderInit } from './client.ts';
import { type Store, startStore } from './store.ts';

/** Marks that must not appear anywhere, whatever succeeds or fails. */
const marks = {
  ADMIN_TOKEN: 'mark-admin-token-0123456789',
  SERVICE_TOKEN: 'mark-service-token-0123456789-0123456789',
  IDEMPOTENCY_SECRET: 'mark-idempotency-secret-0123456789',
  AUTH_JWT_SECRET: 'mark-auth-jwt-secret-0123456789-0123456789',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-key=mark-otlp-key',
};
const PASSWORD = 'mark-password';
const KEY = 'mark-idempotency-key-0123456789';
const EMAIL = 'mark-ann@example.org';
/** In a query, where no pattern distinguishes it from other words. */
const WORD = 'mark-word';

const server = process.env.TEST_DATABASE_URL ?? '';
const redis = chooseRedis({ PATH: process.env.PATH });

const signToken = (secret: string): Promise<string> =>
  new SignJWT({ note: 'mark-claim' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('ann')
    .setAudience('film-store')
    .setExpirationTime('5 minutes')
    .sign(new TextEncoder().encode(secret));

/** Finds the marks in a text, in any legible spelling. */
function seen(text: string, more: readonly string[] = []): string[] {
  const spellings = (mark: string) => [mark, encodeURIComponent(mark), btoa(mark).replaceAll('=', '')];
  const all = [...Object.values(marks), 'mark-otlp-key', PASSWORD, KEY, EMAIL, WORD, 'mark-claim', ...more];
  return all.filter((mark) => spellings(mark).some((spelling) => text.includes(spelling)));
}

it('a mark would be found', () => {
  expect(seen(`{"a":"x${PASSWORD}x"}`)).toEqual([PASSWORD]);
});

describe.skipIf(server === '' || redis.kind !== 'own')('no secret appears', () => {
  const stops = new Stops();
  let store: Store;
  let collector: Awaited<ReturnType<typeof startOtlpCollector>>;
  let responses: string;
  let tokens: string[];

  beforeAll(async () => {
    const database = stops.add(await createDatabase(server, 'secrets'));
    const url = new URL(database.url);
    url.password = PASSWORD;
    const [port = 0] = await freePorts(1);
    const args = ['--port', String(port), '--save', '', '--bind', '127.0.0.1', '--requirepass', 'another'];
    const command = redis.kind === 'own' ? redis.executable : '';
    stops.add(startProgram({ command, args, cwd: root, env: {} }));
    collector = await startOtlpCollector();
    store = await startStore({
      ...marks,
      DATABASE_URL: url.href,
      REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${port}`,
      LOG_LEVEL: 'trace',
      ...collector.env,
    });
    tokens = await Promise.all([marks.AUTH_JWT_SECRET, 'another secret of thirty-two chars'].map(signToken));
    responses = await drive();
    await store.close();
    collector.close();
  });
  afterAll(() => stops.stop());

  /** Sends every secret, in valid and invalid requests. Resolves with all responses. */
  async function drive(): Promise<string> {
    const reported: string[] = [];
    const send = async (address: string, init: RequestInit = {}): Promise<number> => {
      const response = await fetch(address, init);
      reported.push(JSON.stringify([...response.headers]), await response.text());
      return response.status;
    };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const order = (token: string, quantity = 1, key = KEY) => {
      const init = orderInit({ items: [{ productId: 'toy-story-1995', quantity }], email: EMAIL }, key);
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${token}`);
      return { ...init, headers };
    };
    const { url, ports } = store;
    const [good = '', bad = ''] = tokens;
    const statuses = [
      await send(`${url}/api/orders`, order(good)),
      await send(`${url}/api/orders`, order(good)),
      await send(`${url}/api/orders`, order(good, 2)),
      await send(`${url}/api/orders`, order(good, 1, `${KEY}!,`)),
      await send(`${url}/api/orders`, order(bad)),
      await send(`${url}/api/products?token=${good}`),
      await send(`${url}/api/products?access_token=${WORD}`),
      await send(`${url}/api/products?q=${encodeURIComponent(EMAIL)}`),
      await send(`${url}/api/products?q=${WORD}`),
      await send(`http://localhost:${ports.catalog}/products`, { headers: bearer(marks.ADMIN_TOKEN) }),
      await send(`http://localhost:${ports.catalog}/products`, { headers: bearer(marks.SERVICE_TOKEN) }),
    ];
    expect(statuses).toEqual([201, 201, 422, 400, 401, 400, 400, 200, 200, 401, 200]);
    await send(`${url}/api/products/toy-story-1995`);
    // #region part: recommendations
    await store.end('recommendations', 'SIGKILL');
    // #endregion part: recommendations
    await send(`${url}/api/products/toy-story-1995`);
    for (const port of [ports.gateway, ports.catalog])
      for (const path of ['/metrics', '/health/deep', '/ops/resilience', '/ops/traces'])
        for (const token of [marks.ADMIN_TOKEN, marks.SERVICE_TOKEN])
          await send(`http://localhost:${port}${path}`, { headers: bearer(token) });
    await store.end('catalog', 'SIGTERM');
    expect(await send(`${url}/api/orders`, order(good, 1, 'mark-another-key-0123456789'))).toBeGreaterThan(
      499,
    );
    return reported.join('\n');
  }

  it('in responses, metrics and the endpoints for operators', () => {
    expect(responses).toContain('"policies"');
    expect(seen(responses, tokens)).toEqual([]);
  });

  it('in any log, although Redis rejected the password and every level was logged', () => {
    const log = store.log.map((line) => JSON.stringify(line)).join('\n');
    expect(log).toMatch(/WRONGPASS/);
    expect(seen(log, [...tokens, 'mark-another-key'])).toEqual([]);
  });

  it('in exported traces and metrics', () => {
    expect(collector.spans.length).toBeGreaterThan(10);
    expect(seen(collector.received.join('\n'), [...tokens, 'mark-another-key'])).toEqual([]);
  });
});

describe('no secret appears in the output of a service that does not start:', () => {
  const ports = forEachService(() => 0);

  /** Collects the output of a service until it ends, or until it writes `last`. */
  async function runAndRead(
    name: ServiceName,
    env: NodeJS.ProcessEnv,
    { last, args = [] }: { last?: string; args?: string[] } = {},
  ): Promise<{ text: string; code: number | null }> {
    const lines: string[] = [];
    const service = startProcess({
      args: [...serviceArguments(name), ...args],
      cwd: root,
      env: serviceEnvironment(name, ports, { ...process.env, REDIS_URL: '', DATABASE_URL: '', ...env }),
      onLine: ({ text }) => lines.push(text),
    });
    if (last !== undefined) {
      await eventually(() => {
        if (!lines.some((line) => line.includes(last))) throw new Error(`it does not write ${last}`);
      });
      service.kill('SIGTERM');
    }
    const { code } = await service.exited;
    return { text: lines.join('\n'), code };
  }

  it('its settings are printed without secrets', async () => {
    const env = { ...marks, REDIS_URL: `redis://:${PASSWORD}@localhost` };
    const { text, code } = await runAndRead('gateway', env, { args: ['--print-config'] });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      ADMIN_TOKEN: '(redacted)',
      SERVICE_TOKEN: '(redacted)',
      IDEMPOTENCY_SECRET: '(redacted)',
      AUTH_JWT_SECRET: '(redacted)',
      REDIS_URL: '(redacted)',
    });
    expect(seen(text)).toEqual([]);
  });

  it('the database is unreachable', async () => {
    const env = { DATABASE_URL: `postgres://ann:${PASSWORD}@127.0.0.1:9/store` };
    const { text } = await runAndRead('catalog', env, { last: 'database.unavailable' });
    expect(seen(text)).toEqual([]);
  });

  it.skipIf(server === '')('the database rejects the user', async () => {
    const url = new URL(server);
    url.username = 'other-user';
    url.password = PASSWORD;
    const { text, code } = await runAndRead('catalog', { DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(text).toMatch(/role \\"other-user\\" does not exist/);
    expect(seen(text)).toEqual([]);
  });
});

describe('no secret appears in configuration errors:', () => {
  it.each<[string, ServiceDefinition, NodeJS.ProcessEnv, RegExp]>([
    ['another protocol', catalog, { DATABASE_URL: `mysql://ann:${PASSWORD}@db/store` }, /DATABASE_URL: /],
    ['no address at all', catalog, { DATABASE_URL: PASSWORD }, /DATABASE_URL: /],
    [
      'half of TLS',
      catalog,
      { DATABASE_URL: `postgres://ann:${PASSWORD}@db/store?sslmode=require` },
      /sslmode/,
    ],
    ['an invalid port', gateway, { REDIS_URL: `redis://:${PASSWORD}@localhost:port` }, /REDIS_URL: /],
    ['short secrets', gateway, { SERVICE_TOKEN: PASSWORD, AUTH_JWT_SECRET: PASSWORD }, /SERVICE_TOKEN: /],
    [
      'a secret given twice',
      gateway,
      { ADMIN_TOKEN: marks.ADMIN_TOKEN, ADMIN_TOKEN_FILE: '/x' },
      /ADMIN_TOKEN_FILE: /,
    ],
  ])('%s', async (_, service, env, fault) => {
    const given = { IDEMPOTENCY_SECRET: marks.IDEMPOTENCY_SECRET, ...env };
    const error = await createService<ConfigSchema>(service, given).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(fault) });
    expect(seen(inspect(error))).toEqual([]);
  });
});
