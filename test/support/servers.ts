import { existsSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { chooseRedis, startRedis } from '../../deploy/local/redis.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import { root } from '../../deploy/local/services.ts';
import { type TestServer, findPostgres, startPostgres } from './postgres.ts';

/** A file system in memory, which Linux has. */
const MEMORY = '/dev/shm';
/** Several times what the tests store at the same time. */
const ENOUGH_BYTES = 4 * 1024 ** 3;

/** Vitest's global setup. The project `computed` alone needs no server. */
export default async function setup({ vitest }: TestProject): Promise<(() => Promise<void>) | undefined> {
  // A new file takes a tenth of the CPU time there, and the tests make some ten thousands.
  if (hasSpaceInMemory()) process.env['TMPDIR'] ??= MEMORY;
  return vitest.projects.every(({ name }) => name === 'computed') ? undefined : provideServers();
}

/** Containers often have a small one. */
function hasSpaceInMemory(): boolean {
  const { bavail = 0, bsize = 0 } = existsSync(MEMORY) ? statfsSync(MEMORY) : {};
  return Math.min(bavail * bsize, freemem()) > ENOUGH_BYTES;
}

/**
 * Gives the tests a real Redis and a real PostgreSQL, from `TEST_REDIS_URL` and `TEST_DATABASE_URL` or, if they are not set,
 * started from installed programs. Without a program the tests use the embedded default, with a note, and throw with
 * `CI=true`. Returns a function that stops what it started.
 */
export async function provideServers(): Promise<() => Promise<void>> {
  // The tests start a hundred services. With the compile cache each of them starts a seventh of a second sooner.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/compile');
  const redis = await provide('TEST_REDIS_URL', 'Redis', 'redis-server', startFoundRedis);
  const postgres = await provide('TEST_DATABASE_URL', 'PostgreSQL', 'postgresql', startFoundPostgres);
  return async () => {
    await Promise.allSettled([redis?.stop(), postgres?.stop()]);
  };
}

async function provide(
  variable: string,
  name: string,
  debianPackage: string,
  start: () => Promise<TestServer | undefined>,
): Promise<TestServer | undefined> {
  if (process.env[variable]) {
    console.log(`${name}: the one ${variable} names`);
    return undefined;
  }
  const server = await start();
  if (server) {
    process.env[variable] = server.url;
    console.log(`${name}: started for the tests`);
    return server;
  }
  const missing = `${name}: not found (install ${debianPackage}, or set ${variable})`;
  if (process.env.CI === 'true') throw new Error(missing);
  console.log(`${missing}; tested with the embedded default only`);
  return undefined;
}

async function startFoundRedis(): Promise<TestServer | undefined> {
  const choice = chooseRedis({ PATH: process.env.PATH });
  if (choice.kind !== 'own') return undefined;
  const [port = 0] = await freePorts(1);
  const redis = startRedis({ executable: choice.executable, port });
  await redis.ready();
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await redis.stop();
    },
  };
}

async function startFoundPostgres(): Promise<TestServer | undefined> {
  const bin = findPostgres();
  return bin === undefined ? undefined : startPostgres(bin);
}
