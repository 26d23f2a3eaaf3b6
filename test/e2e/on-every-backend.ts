import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Store, startStore } from './store.ts';

/**
 * Runs a suite against a store on its embedded defaults and, where the tests were given real servers, against one
 * on PostgreSQL and Redis.
 */
export function describeOnEveryBackend(
  subject: string,
  suite: (store: () => Store, redis: boolean) => void,
): void {
  describeStore(
    `${subject}, embedded defaults`,
    async () => ({ DATABASE_URL: '', REDIS_URL: '' }),
    (store) => suite(store, false),
  );
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
  if (TEST_DATABASE_URL && TEST_REDIS_URL) {
    const real = async () => ({
      DATABASE_URL: await createDatabase(TEST_DATABASE_URL),
      REDIS_URL: TEST_REDIS_URL,
    });
    describeStore(`${subject}, on PostgreSQL and Redis`, real, (store) => suite(store, true));
  }
}

function describeStore(
  title: string,
  env: () => Promise<NodeJS.ProcessEnv>,
  suite: (store: () => Store) => void,
): void {
  describe(title, () => {
    let store: Store;
    beforeAll(async () => {
      store = await startStore(await env());
    });
    afterAll(() => store.close());
    suite(() => store);
  });
}

/** A database of its own; the test server, or its owner, drops it. */
export async function createDatabase(server: string): Promise<string> {
  const name = `e2e_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
