import { afterAll, beforeAll, describe } from 'vitest';
import { createDatabase } from '../support/postgres.ts';
import { type Store, startStore } from './store.ts';

/**
 * Runs a suite against a store with its embedded defaults and, if the tests have real servers, against one with
 * PostgreSQL and Redis: both at the same time, each one test after the other.
 */
export function describeOnEveryBackend(
  subject: string,
  suite: (store: () => Store, redis: boolean) => void,
): void {
  describeStore(
    subject,
    'embedded defaults',
    async () => ({ DATABASE_URL: '', REDIS_URL: '' }),
    (store) => suite(store, false),
  );
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
  if (TEST_DATABASE_URL && TEST_REDIS_URL) {
    const real = async () => ({
      // The test server, or its owner, drops it.
      DATABASE_URL: (await createDatabase(TEST_DATABASE_URL, 'e2e')).url,
      REDIS_URL: TEST_REDIS_URL,
    });
    describeStore(subject, 'on PostgreSQL and Redis', real, (store) => suite(store, true));
  }
}

function describeStore(
  subject: string,
  backend: string,
  env: () => Promise<NodeJS.ProcessEnv>,
  suite: (store: () => Store) => void,
): void {
  describe(subject, { concurrent: true }, () => {
    // Otherwise its tests would run concurrently too.
    describe(backend, { concurrent: false }, () => {
      let store: Store;
      beforeAll(async () => {
        store = await startStore(await env());
      });
      afterAll(() => store?.close());
      suite(() => store);
    });
  });
}
