import type { ExecutorPolicies, PolicyExecutor, PolicyExecutors } from '@film-store/resilience';
import { ConnectionFailed, classifyError } from './database-error.ts';

/** Creates an executor for work with a database. It is named in metrics, traces, faults and `GET /ops/resilience`. */
export const createDatabaseExecutor = (
  executors: PolicyExecutors,
  name: string,
  policies: ExecutorPolicies,
): PolicyExecutor =>
  executors.create(name, {
    policies,
    system: 'postgresql',
    isFailure,
    isTimeout: (error) => classifyError(error) === 'timeout',
    toConnectionError: (cause) => new ConnectionFailed('the connection to the database is lost', { cause }),
  });

/** Read-only errors and rolled-back transactions do not count: the server works, and the breaker must not stop reads. */
const isFailure = (error: unknown): boolean => {
  const kind = classifyError(error);
  return kind === 'unavailable' || kind === 'timeout';
};
