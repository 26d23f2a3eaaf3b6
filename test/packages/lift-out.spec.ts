import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { type Application, installApplications } from './applications.ts';
import { degradation } from './libraries/degradation.ts';
import { faultInjection } from './libraries/fault-injection.ts';
import { featureFlags } from './libraries/feature-flags.ts';
import { health } from './libraries/health.ts';
import { idempotency } from './libraries/idempotency.ts';
import type { Library } from './libraries/library.ts';
import { loadShedding } from './libraries/load-shedding.ts';
import { problem } from './libraries/problem.ts';
import { redis } from './libraries/redis.ts';
import { resilience } from './libraries/resilience.ts';
import { telemetry } from './libraries/telemetry.ts';
import { packLibraries } from './pack.ts';
import { readSnippet } from './readme.ts';
import { start } from './running-application.ts';

const libraries: readonly Library[] = [
  problem,
  health,
  degradation,
  idempotency,
  resilience,
  redis,
  telemetry,
  loadShedding,
  featureFlags,
  faultInjection,
];
/** All libraries without knowledge of the store. */
const generic = ['config', 'core', ...libraries.map(({ name }) => name)];

let directory = '';
let tarballs: ReadonlyMap<string, string>;
const alone = () => join(directory, 'alone');
const together = () => join(directory, 'together');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lift-out-'));
  tarballs = await packLibraries(directory);
  const documented = await Promise.all(
    libraries.map(async ({ name }) => ({ name, tarballs: choose(name), ...(await readSnippet(name)) })),
  );
  await Promise.all([
    installApplications(alone(), documented, 'linked'),
    installApplications(together(), [await createBookings(), await createForecasts()], 'hoisted'),
  ]);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const choose = (...names: readonly string[]): Application['tarballs'] =>
  Object.fromEntries(names.map((name) => [`${platform.scope}/${name}`, tarballs.get(name)!]));

const readModule = (file: string): Promise<string> => readFile(join(import.meta.dirname, file), 'utf8');

const createBookings = async (): Promise<Application> => ({
  name: 'bookings',
  tarballs: choose('idempotency', 'problem', 'resilience'),
  packages: [],
  source: await readModule('two-libraries.module.ts'),
});

const createForecasts = async (): Promise<Application> => ({
  name: 'forecasts',
  tarballs: choose('redis', 'resilience', 'health'),
  packages: ['ioredis', '@opentelemetry/api', 'zod', '@nestjs/terminus'],
  source: await readModule('three-libraries.module.ts'),
});

describe.each(libraries)('$name, alone in an empty application', ({ name, adapters, preloaded, check }) => {
  it.each(adapters)('works on %s as its README says', async (adapter) => {
    const application = await start(join(alone(), name), adapter, preloaded);
    try {
      await expect(check(application)).resolves.toBeUndefined();
    } finally {
      await application.stop();
    }
  });
});

describe('several tarballs in one application', () => {
  it('share one problem, although each bundles its own copy', async () => {
    const { post, stop } = await start(join(together(), 'bookings'), 'fastify');
    try {
      expect(await post('/bookings', {})).toMatchObject({
        status: 400,
        body: { type: 'urn:shop:idempotency-key-missing' },
      });
      const key = { 'idempotency-key': randomUUID() };
      const first = await post('/bookings', {}, key);
      const second = await post('/bookings', {}, key);
      expect(first).toMatchObject({
        status: 404,
        body: { type: 'urn:shop:not-found', detail: 'the seat does not exist' },
      });
      expect(second).toMatchObject({ status: 404, body: first.body });
      expect(second.headers.get('idempotent-replayed')).toBe('true');
    } finally {
      await stop();
    }
  });

  it('share the request context and the fault points', async () => {
    const pattern =
      'node_modules/@film-store/{idempotency,problem,resilience}/node_modules/@film-store/core/dist/index.js';
    const paths = globSync(pattern, { cwd: together() });
    const copies = await Promise.all(
      paths.map(
        async (path) =>
          (await import(pathToFileURL(join(together(), path)).href)) as typeof import('@film-store/core'),
      ),
    );
    expect(new Set(copies.map(({ requestContext }) => requestContext)).size).toBe(3);
    const seen = copies[0]!.requestContext.run({ requestId: 'r-1' }, () =>
      copies.map(({ requestContext }) => requestContext.get()?.requestId),
    );
    expect(seen).toEqual(['r-1', 'r-1', 'r-1']);
    expect(new Set(copies.map(({ FAULT_POINTS }) => FAULT_POINTS)).size).toBe(1);
  });
});

describe('redis, resilience and health in one application', () => {
  it('work together, although redis bundles its own copy of resilience', async () => {
    const { get, upstream, stop } = await start(join(together(), 'forecasts'), 'fastify');
    try {
      upstream.response = { status: 200, body: { city: 'Bern' } };
      expect(await get('/forecast')).toMatchObject({ status: 200, body: { city: 'Bern' } });
      expect(await get('/upstreams')).toMatchObject({ status: 200, body: ['weather'] });
      expect(await get('/health/ready')).toMatchObject({ status: 200 });
      await expect
        .poll(() => get('/health/deep'))
        .toMatchObject({
          status: 200,
          body: { status: 'degraded', details: { redis: { critical: false } } },
        });
    } finally {
      await stop();
    }
  });
});

it.each(generic)('the tarball of %s does not mention the store', async (name) => {
  const run = promisify(execFile);
  const { stdout } = await run('tar', ['-xzOf', tarballs.get(name)!, '--exclude=LICENSE'], {
    maxBuffer: 2 ** 26,
  });
  const text = stdout
    .replaceAll(/"mappings":"[^"]*"/g, '')
    .replaceAll(new RegExp(`@?${platform.scope.slice(1)}(?:/|-[a-z-]+-\\d+\\.\\d+\\.\\d+\\.tgz)`, 'g'), '');
  expect(text.match(/.{0,60}(?:film|catalog|recommendations).{0,60}/gi) ?? []).toEqual([]);
});
