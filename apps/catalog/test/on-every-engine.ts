import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { createEmbeddedDatabase } from '../../../deploy/local/embedded-databases.ts';
import type { OpenDatabase } from '../src/database/database.ts';
import { PgliteDatabase } from '../src/database/pglite-database.ts';
import { PostgresDatabase } from '../src/database/postgres-database.ts';

/** One database, empty at first. Each `open` connects to the same database. */
export interface TestDatabase {
  readonly engine: OpenDatabase['engine'];
  open(): Promise<OpenDatabase>;
  remove(): Promise<void>;
}

const server = process.env.TEST_DATABASE_URL ?? '';
const postgres = server === '' ? 'PostgreSQL (none found: TEST_DATABASE_URL is not set)' : 'PostgreSQL';

/**
 * Runs a suite on PGlite and on the PostgreSQL server of `TEST_DATABASE_URL`, each with its own database. Skips
 * PostgreSQL without a server, which the global set-up rejects when `CI=true`.
 */
export function describeOnEveryEngine(
  subject: string,
  suite: (database: () => TestDatabase, engine: TestDatabase['engine']) => void,
): void {
  describe(`${subject} on PGlite`, () => {
    suite(setUpDatabase(createPgliteDatabase), 'pglite');
  });
  describe.skipIf(server === '')(`${subject} on ${postgres}`, () => {
    suite(setUpDatabase(createPostgresDatabase), 'postgresql');
  });
}

function setUpDatabase(create: () => Promise<TestDatabase>): () => TestDatabase {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await create();
  });
  afterAll(() => database.remove());
  return () => database;
}

async function createPgliteDatabase(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'catalog-'));
  await createEmbeddedDatabase(directory);
  return {
    engine: 'pglite',
    open: () => PgliteDatabase.open(directory),
    remove: () => rm(directory, { recursive: true }),
  };
}

async function createPostgresDatabase(): Promise<TestDatabase> {
  const name = `catalog_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await runStatement(`create database ${name}`);
  return {
    engine: 'postgresql',
    open: () => PostgresDatabase.open(url.href, { connections: 10, onIdleError: () => undefined }),
    // A failed test can leave connections open.
    remove: () => runStatement(`drop database ${name} with (force)`),
  };
}

async function runStatement(statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
