import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import type { OpenDatabase } from '../src/database/database.ts';
import { openPglite } from '../src/database/open-pglite.ts';
import { openPostgres } from '../src/database/open-postgres.ts';

/** A place for one database, empty at first. Whatever is opened there is the same database. */
export interface TestDatabase {
  readonly engine: OpenDatabase['engine'];
  open(): Promise<OpenDatabase>;
  remove(): Promise<void>;
}

const server = process.env.TEST_DATABASE_URL ?? '';
const postgres = server === '' ? 'PostgreSQL (none found: TEST_DATABASE_URL is not set)' : 'PostgreSQL';

/**
 * Runs a suite on PGlite and on the PostgreSQL server of `TEST_DATABASE_URL`, each in a place of its own that is
 * removed afterwards. Without a server it is skipped there; the set-up of all tests refuses that where `CI=true`.
 */
export function describeOnEveryEngine(
  subject: string,
  suite: (place: () => TestDatabase, engine: TestDatabase['engine']) => void,
): void {
  describe(`${subject} on PGlite`, () => {
    suite(setUpDatabase(createPgliteDatabase), 'pglite');
  });
  describe.skipIf(server === '')(`${subject} on ${postgres}`, () => {
    suite(setUpDatabase(createPostgresDatabase), 'postgresql');
  });
}

function setUpDatabase(create: () => Promise<TestDatabase>): () => TestDatabase {
  let place: TestDatabase;
  beforeAll(async () => {
    place = await create();
  });
  afterAll(() => place.remove());
  return () => place;
}

async function createPgliteDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
  return {
    engine: 'pglite',
    open: () => openPglite(directory),
    remove: () => rm(directory, { recursive: true }),
  };
}

async function createPostgresDatabase(): Promise<TestDatabase> {
  const name = `catalog_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await administer(`create database ${name}`);
  return {
    engine: 'postgresql',
    open: () => openPostgres(url.href, { connections: 10, onIdleError: () => undefined }),
    // By force, for what a failed test left open.
    remove: () => administer(`drop database ${name} with (force)`),
  };
}

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
