import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ExecuteOptions } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { type PolicyExecutor, PolicyExecutors } from '@film-store/resilience';
import { CONFIG, toExecutorPolicies } from '@film-store/service';
import type { CatalogConfig } from '../catalog.config.ts';
import { DatabaseConnection } from './database-connection.ts';
import { classifyError } from './database-error.ts';
import { createDatabaseExecutor } from './database-executor.ts';
import type { Database, DatabaseReads, Read } from './database.ts';
import { ReplicaConnection } from './replica-connection.ts';

/** Executes reads that do not need the newest data, on a replica while it is current. Searches have policies of their own. */
@Injectable()
export class ReadConnection implements DatabaseReads, OnApplicationShutdown {
  /** `undefined` with PGlite, which runs one query at a time. */
  readonly #search: PolicyExecutor | undefined;

  constructor(
    @Inject(CONFIG) config: CatalogConfig,
    private readonly primary: DatabaseConnection,
    private readonly replica: ReplicaConnection,
    executors: PolicyExecutors,
  ) {
    if (config.DATABASE_URL !== undefined)
      this.#search = createDatabaseExecutor(executors, 'search', toExecutorPolicies('search', config));
  }

  read<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<Read<T>> {
    return this.#onReplicaOrPrimary((server) => server.execute(work, options));
  }

  search<T>(work: (db: Database) => Promise<T>, options?: ExecuteOptions): Promise<Read<T>> {
    const search = this.#search;
    if (!search) return this.read(work, options);
    return search.execute(
      (signal) => this.#onReplicaOrPrimary((server) => server.attempt(work, signal)),
      options,
    );
  }

  /** Uses the primary if the replica is not current, or cannot serve this read. */
  async #onReplicaOrPrimary<T>(
    work: (server: DatabaseConnection | ReplicaConnection) => Promise<T>,
  ): Promise<Read<T>> {
    const { asOf } = this.replica;
    if (asOf !== undefined) {
      try {
        return { value: await work(this.replica), asOf };
      } catch (error) {
        if (!isReplicaFailure(error)) throw error;
      }
    }
    return { value: await work(this.primary) };
  }

  onApplicationShutdown(): void {
    this.#search?.dispose();
  }
}

/** A read that timed out is not repeated: no time may be left, and the primary may be as slow. */
function isReplicaFailure(error: unknown): boolean {
  if (error instanceof Problem) return error.code === 'breaker-open';
  const kind = classifyError(error);
  // `conflict`: the replica canceled the read because its replay needed the rows.
  return kind === 'unavailable' || kind === 'conflict';
}
