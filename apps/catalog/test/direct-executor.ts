import type { ResilienceExecutor } from '@film-store/core';
import type { Database } from '../src/database/database.ts';

/** Executes work on an open database, without the policies that a service applies. */
export const directExecutor = (db: () => Database): ResilienceExecutor<Database> => ({
  execute: (work) => work(db()),
});
