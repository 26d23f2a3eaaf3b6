import type { ResilienceExecutor } from '@film-store/core';
import type { Database, DatabaseReads, OpenDatabase } from '../src/database/database.ts';

/** Creates an executor that uses an open database without resilience policies. */
export const createDirectExecutor = (db: () => Database): ResilienceExecutor<Database> => ({
  execute: (work) => work(db()),
});

/** Creates reads of an open database without resilience policies. */
export const createDirectReads = (db: () => Database): DatabaseReads => ({
  read: async (work) => ({ value: await work(db()) }),
  search: async (work) => ({ value: await work(db()) }),
});

/** Creates an executor that gives each work a connection of its own, as in the service, without resilience policies. */
export const createConnectionExecutor = (open: () => OpenDatabase): ResilienceExecutor<Database> => ({
  execute: (work) => open().use(work, new AbortController().signal),
});
