import type { ResilienceExecutor } from '@film-store/core';
import type { Database } from '../src/database/database.ts';

/** Creates an executor that uses an open database without resilience policies. */
export const createDirectExecutor = (db: () => Database): ResilienceExecutor<Database> => ({
  execute: (work) => work(db()),
});
