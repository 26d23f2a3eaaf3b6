import { randomUUID } from 'node:crypto';
import { Problem } from '@film-store/problem';
import { requestContext, retryAfter } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { type Answer, keptOf } from './answer.ts';
import type { Execution } from './execute.ts';
import { holdLease } from './hold-lease.ts';
import { linkTo, origin } from './origin.ts';
import type { IdempotencyLogger, IdempotencyOptions } from './options.ts';
import type { ClaimResult } from './record.ts';
import type { IdempotencyStore } from './store.ts';
import { tryAgain } from './try-again.ts';

export interface Ask {
  readonly id: string;
  readonly fingerprint: string;
}

/** The answer, and whether it is an earlier attempt's. */
export interface Served {
  readonly answer: Answer;
  readonly replayed: boolean;
}

/** How many requests may run without a claim at once. */
const UNCLAIMED_LIMIT = 32;
/** When it may be worth asking again while the store fails, in milliseconds. */
const STORE_RETRY_AFTER_MS = 1000;

const claims = lazyInstruments('@film-store/idempotency', (meter) =>
  meter.createCounter('idempotency.claims', {
    description: 'Requests with an Idempotency-Key, by what the store said',
  }),
);

const claimOutcomes = [
  'claimed',
  'mine',
  'completed',
  'mismatch',
  'busy',
  'parked',
  'unavailable',
] as const satisfies readonly (ClaimResult['outcome'] | 'unavailable')[];
const count = (outcome: (typeof claimOutcomes)[number]): void => claims().add(1, { outcome });

type Run = () => Promise<Execution>;

/** Has each request executed once, whoever repeats it, and the answer recorded before anybody gets it. */
export class Idempotency {
  readonly #store: IdempotencyStore;
  readonly #proceeds: boolean;
  readonly #log: IdempotencyLogger;
  #storeAway = false;
  #underWay = 0;

  constructor(
    { store, whenStoreFails }: Pick<IdempotencyOptions, 'store' | 'whenStoreFails'>,
    log: IdempotencyLogger,
  ) {
    this.#store = store;
    this.#proceeds = whenStoreFails === 'proceed';
    this.#log = log;
    // From zero: Prometheus sees no increase in a series that is born with its first claim.
    for (const outcome of claimOutcomes) claims().add(0, { outcome });
  }

  /**
   * @param run executes the request; called at most once
   * @throws Problem `idempotency-key-reused`, `operation-in-progress`, `outcome-unknown`, `idempotency-unavailable`,
   * and whatever the execution failed with
   */
  async serve(ask: Ask, run: Run): Promise<Served> {
    const { id, fingerprint } = ask;
    const owner = randomUUID();
    const claim = await this.#useStore(() => this.#store.claim(id, { owner, fingerprint }), hasClaimed);
    count(claim?.outcome ?? 'unavailable');
    switch (claim?.outcome) {
      case 'claimed':
      case 'mine': {
        const execution = await this.#run(id, owner, run, () =>
          this.#log.warn({ event: 'idempotency.taken-over', record: id }, 'a slow attempt was taken over'),
        );
        return { answer: answerOf(execution), replayed: false };
      }
      case 'completed':
        linkTo(claim.answer?.origin);
        return { answer: claim.answer ?? answerOf(await this.#unclaimed(run)), replayed: true };
      case 'mismatch':
        throw new Problem('idempotency-key-reused');
      case 'busy':
        throw new Problem('operation-in-progress', { headers: retryAfter(claim.leftMs) });
      case 'parked':
        if (claim.newly)
          this.#log.error(
            { event: 'idempotency.parked', record: id },
            'every attempt under a key fell silent',
          );
        throw new Problem('outcome-unknown');
      case undefined:
        return { answer: await this.#answerWithoutStore(id, owner, run), replayed: false };
      default:
        return claim satisfies never;
    }
  }

  /** Runs the request while its lease is held, and records what came of it: now, or soon after. */
  async #run(id: string, owner: string, run: Run, onLost: () => void): Promise<Execution> {
    const store = this.#store;
    const letGo = holdLease({
      leaseMs: store.leaseMs,
      renew: () => requestContext.outlive(() => store.renew(id, owner)),
      onLost,
    });
    const execution = await run().finally(letGo);
    const record = (): Promise<boolean> => {
      switch (execution.fate) {
        case 'final':
          return store.complete(id, owner, keptOf(execution.answer, origin()));
        case 'refused':
          return store.release(id, owner);
        case 'unknown':
          return store.markUnknown(id, owner);
        default:
          return execution satisfies never;
      }
    };
    const recorded = await this.#useStore(record, isTrue);
    if (recorded === false) onLost();
    // Else every repetition would wait for the end of a lease that nobody needs any more.
    if (recorded === undefined) tryAgain(() => this.#useStore(record, isTrue), store.leaseMs);
    return execution;
  }

  /**
   * The store cannot tell whether this is a repetition; whoever owns the effect can, if it is there. The claim may
   * have been made all the same: what comes of it is recorded, or a repetition would wait for nobody.
   */
  async #answerWithoutStore(id: string, owner: string, run: Run): Promise<Answer> {
    if (!this.#proceeds) {
      await this.#useStore(() => this.#store.release(id, owner), isTrue);
      throw unavailable();
    }
    const execution = await this.#unclaimed(() => this.#run(id, owner, run, () => undefined));
    if (execution.fate === 'final') return execution.answer;
    const { thrown } = execution;
    throw thrown instanceof Problem && thrown.status >= 500 ? unavailable(thrown) : thrown;
  }

  /** Nothing but the limit keeps repetitions apart here. */
  async #unclaimed(run: Run): Promise<Execution> {
    if (this.#underWay >= UNCLAIMED_LIMIT) throw unavailable();
    this.#underWay += 1;
    try {
      return await run();
    } finally {
      this.#underWay -= 1;
    }
  }

  /**
   * Resolves with `undefined` when the store fails, which is logged once until it records again.
   * @param hasRecorded whether a result proves that the store wrote: a store that only reads may still send results
   */
  async #useStore<T>(use: () => Promise<T>, hasRecorded: (result: T) => boolean): Promise<T | undefined> {
    try {
      const result = await requestContext.outlive(use);
      if (this.#storeAway && hasRecorded(result)) {
        this.#storeAway = false;
        this.#log.info({ event: 'idempotency.store-back' }, 'keys are recorded again');
      }
      return result;
    } catch (err) {
      if (!this.#storeAway)
        this.#log.warn({ event: 'idempotency.store-away', err }, 'keys cannot be recorded');
      this.#storeAway = true;
      return undefined;
    }
  }
}

const hasClaimed = ({ outcome }: ClaimResult): boolean => outcome === 'claimed';
const isTrue = (done: boolean): boolean => done;

function answerOf(execution: Execution): Answer {
  if (execution.fate !== 'final') throw execution.thrown;
  return execution.answer;
}

const unavailable = (cause?: Problem): Problem =>
  new Problem('idempotency-unavailable', { headers: retryAfter(STORE_RETRY_AFTER_MS), cause });
