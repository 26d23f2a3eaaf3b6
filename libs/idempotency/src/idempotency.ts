import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { requestContext, retryAfter } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { Problem } from '@film-store/problem';
import type { ExecutionResult } from './execute.ts';
import { type FinalResponse, toStoredResponse } from './final-response.ts';
import { Episode } from './episode.ts';
import { holdLease } from './hold-lease.ts';
import type { IdempotencyLogger, IdempotencyOptions } from './options.ts';
import type { ClaimResult, Loss } from './record.ts';
import type { IdempotencyStore } from './store.ts';
import { tryAgain } from './try-again.ts';

export interface IdempotentRequest {
  /** Id of the record of the request's key. */
  readonly id: string;
  readonly fingerprint: string;
}

export interface IdempotentResponse {
  readonly response: FinalResponse;
  /** `true` if an earlier attempt produced the response. */
  readonly replayed: boolean;
}

/** Limit of requests that run without a claim at the same time. */
const UNCLAIMED_LIMIT = 32;
/** Time of successful calls after which the store counts as recovered, in milliseconds. A breaker recovers in less. */
const FAILURE_QUIET_MS = 10_000;
/** Time without a lost record after which the store counts as keeping its records again, in milliseconds. */
const LOSS_QUIET_MS = 60_000;
/** Duration in `Retry-After` while the store fails, in milliseconds. */
const STORE_RETRY_AFTER_MS = 1000;

const claims = lazyInstruments('@film-store/idempotency', (meter) =>
  meter.createCounter('idempotency.claims', {
    description: 'Requests with an Idempotency-Key, by the result of their claim',
  }),
);

const claimOutcomes = [
  'claimed',
  'already-owned',
  'completed',
  'mismatch',
  'busy',
  'quarantined',
  'unavailable',
] as const satisfies readonly (ClaimResult['outcome'] | 'unavailable')[];
const count = (outcome: (typeof claimOutcomes)[number]): void => claims().add(1, { outcome });

type Run = () => Promise<ExecutionResult>;

/** Executes each request once, and records its response before it is sent. */
export class Idempotency {
  readonly #store: IdempotencyStore;
  readonly #proceeds: boolean;
  readonly #log: IdempotencyLogger;
  readonly #failure = new Episode(FAILURE_QUIET_MS);
  readonly #loss = new Episode(LOSS_QUIET_MS);
  #unclaimedRunning = 0;

  constructor(
    { store, whenStoreFails }: Pick<IdempotencyOptions, 'store' | 'whenStoreFails'>,
    log: IdempotencyLogger,
  ) {
    this.#store = store;
    this.#proceeds = whenStoreFails === 'proceed';
    this.#log = log;
    // Prometheus sees no increase in a series that starts with its first claim.
    for (const outcome of claimOutcomes) claims().add(0, { outcome });
  }

  /**
   * @param run executes the request. Called at most once.
   * @throws Problem `idempotency-key-reused`, `operation-in-progress`, `outcome-unknown`, `idempotency-unavailable`
   * @throws the error of the execution
   */
  async serve({ id, fingerprint }: IdempotentRequest, run: Run): Promise<IdempotentResponse> {
    const owner = randomUUID();
    const claim = await this.#useStore(() => this.#store.claim(id, { owner, fingerprint }));
    count(claim?.outcome ?? 'unavailable');
    switch (claim?.outcome) {
      case 'claimed':
      case 'already-owned': {
        const execution = await this.#run(id, owner, run, () => void this.#logLoss(id));
        return { response: toResponse(execution), replayed: false };
      }
      case 'completed':
        if (claim.response?.origin) trace.getActiveSpan()?.addLink({ context: claim.response.origin });
        return {
          response: claim.response ?? toResponse(await this.#executeUnclaimed(run)),
          replayed: true,
        };
      case 'mismatch':
        throw new Problem('idempotency-key-reused');
      case 'busy':
        throw new Problem('operation-in-progress', { headers: retryAfter(claim.leftMs) });
      case 'quarantined':
        if (claim.newly)
          this.#log.error(
            { event: 'idempotency.quarantined', record: id },
            'the leases of all attempts under a key expired',
          );
        throw new Problem('outcome-unknown');
      case undefined:
        return { response: await this.#executeWithoutStore(id, owner, run), replayed: false };
      default:
        return claim satisfies never;
    }
  }

  /** Runs the request, renews its lease meanwhile, and records the outcome: now, or soon after if the store fails. */
  async #run(id: string, owner: string, run: Run, onLost: () => void): Promise<ExecutionResult> {
    const store = this.#store;
    const releaseLease = holdLease({
      leaseMs: store.leaseMs,
      renew: () => requestContext.runDetached(() => store.renew(id, owner)),
      onLost,
    });
    const execution = await run().finally(releaseLease);
    const record = (): Promise<boolean> => {
      switch (execution.outcome) {
        case 'final':
          return store.complete(id, owner, toStoredResponse(execution.response));
        case 'not-executed':
          return store.release(id, owner);
        case 'unknown':
          return store.markUnknown(id, owner);
        default:
          return execution satisfies never;
      }
    };
    const recorded = await this.#useStore(record);
    if (recorded === false) onLost();
    if (recorded === true && this.#loss.ends())
      this.#log.info({ event: 'idempotency.records_kept' }, 'the idempotency store keeps its records again');
    // Without a recorded outcome, every repetition would wait until the lease expires.
    if (recorded === undefined) void tryAgain(() => this.#useStore(record), store.leaseMs);
    return execution;
  }

  /**
   * Runs a request that may be a repetition. The service that owns the effect recognizes the derived key. The claim may have
   * been made although the store failed, so the outcome is recorded.
   */
  async #executeWithoutStore(id: string, owner: string, run: Run): Promise<FinalResponse> {
    if (!this.#proceeds) {
      await this.#useStore(() => this.#store.release(id, owner));
      throw unavailable();
    }
    const execution = await this.#executeUnclaimed(() => this.#run(id, owner, run, () => undefined));
    if (execution.outcome === 'final') return execution.response;
    const { thrown } = execution;
    throw thrown instanceof Problem && thrown.status >= 500 ? unavailable(thrown) : thrown;
  }

  /** Logs that an attempt no longer owns its record. A store that loses records may lose many, so their begin is logged. */
  async #logLoss(id: string): Promise<void> {
    const loss = await this.#useStore(() => this.#store.explainLoss(id));
    switch (loss) {
      case 'taken-over':
        this.#log.warn(
          { event: 'idempotency.lease_lost', record: id },
          'another attempt took over from a slow one',
        );
        break;
      case 'record-lost':
        if (this.#loss.begins())
          this.#log.warn(
            { event: 'idempotency.records_lost', record: id },
            'the idempotency store loses records of running attempts, for example because it evicts keys',
          );
        break;
      case undefined:
        break;
      default:
        loss satisfies never;
    }
  }

  async #executeUnclaimed(run: Run): Promise<ExecutionResult> {
    if (this.#unclaimedRunning >= UNCLAIMED_LIMIT) throw unavailable();
    this.#unclaimedRunning += 1;
    try {
      return await run();
    } finally {
      this.#unclaimedRunning -= 1;
    }
  }

  /** Resolves with `undefined` if the store fails. Logs the first failure and the recovery. */
  async #useStore<T extends ClaimResult | Loss | boolean>(use: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await requestContext.runDetached(use);
      if (hasRecorded(result) && this.#failure.ends())
        this.#log.info({ event: 'idempotency.store_recovered' }, 'the idempotency store records keys again');
      return result;
    } catch (err) {
      if (this.#failure.begins())
        this.#log.warn(
          { event: 'idempotency.store_failed', err },
          'the idempotency store cannot record keys',
        );
      return undefined;
    }
  }
}

/** Returns whether a result proves that the store can write. A read-only store also returns results. */
const hasRecorded = (result: ClaimResult | Loss | boolean): boolean =>
  result === true || (typeof result === 'object' && result.outcome === 'claimed');

function toResponse(execution: ExecutionResult): FinalResponse {
  if (execution.outcome !== 'final') throw execution.thrown;
  return execution.response;
}

const unavailable = (cause?: Problem): Problem =>
  new Problem('idempotency-unavailable', { headers: retryAfter(STORE_RETRY_AFTER_MS), cause });
