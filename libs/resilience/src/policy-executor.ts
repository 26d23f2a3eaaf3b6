import {
  type Clock,
  type ExecuteOptions,
  type FaultPoints,
  type Random,
  type ResilienceExecutor,
  requestContext,
  systemClock,
  timeForCall,
} from '@film-store/core';
import { Problem } from '@film-store/problem';
import {
  type AttemptOutcome,
  type RecordAttempt,
  createAttemptRecorder,
  recordRejection,
  toAttemptOutcome,
} from './call-metrics.ts';
import type { Breaker, BreakerDescription, BreakerMode, BreakerTransition } from './core/breaker.ts';
import { type CallContext, type Classify, NEVER_ABORTED } from './core/call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './core/errors.ts';
import { type Pipeline, createSingleAttemptPipeline } from './pipeline.ts';
import { type ExecutorPolicies, executorPolicies } from './policy-options.ts';
import { failSpan, startExecutionSpan } from './spans.ts';
import { toProblem } from './upstream-failure.ts';
import type { RegistryEntry, RegistryEntryState } from './upstream.registry.ts';

/**
 * Work with a client. `signal` aborts when the time of the work is over or its caller has left. The work keeps its
 * permit until it settles, so it has to settle soon after that.
 */
export type Work<T> = (signal: AbortSignal) => Promise<T>;

export interface PolicyExecutorOptions {
  /** Kind of database for traces, as in the semantic conventions. */
  readonly system?: string;
  readonly policies?: Partial<ExecutorPolicies>;
  /** Returns whether an error of the work is a failure of the server. Not called for a `Problem`. Must not throw. */
  readonly isFailure: (error: unknown) => boolean;
  /** Returns whether a failure is a timeout of the server. Must not throw. @default none is */
  readonly isTimeout?: (error: unknown) => boolean;
  /** Returns the error of the client for an injected loss of the connection. @default the error of Node */
  readonly toConnectionError?: (cause: Error) => Error;
  readonly onTransition?: (transition: BreakerTransition) => void;
  readonly faultPoints?: FaultPoints | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Carries the work through the pipeline, which passes on the members that it does not know. */
interface ExecutorCall extends CallContext {
  readonly work: Work<unknown>;
}

/**
 * Executes work with a client of something that is not HTTP, such as a database. The work passes a bulkhead, a circuit
 * breaker and a timeout, so that a server that hangs delays few callers. Nothing is retried.
 */
export class PolicyExecutor implements RegistryEntry, ResilienceExecutor<AbortSignal> {
  readonly name: string;
  readonly #options: PolicyExecutorOptions;
  readonly #clock: Clock;
  readonly #record: RecordAttempt;
  readonly #pipeline: Pipeline<unknown>;

  /** @throws ZodError that lists all invalid policy options */
  constructor(name: string, options: PolicyExecutorOptions) {
    const { policies = {}, clock = systemClock, random = Math.random } = options;
    this.name = name;
    this.#options = options;
    this.#clock = clock;
    this.#record = createAttemptRecorder(name);
    this.#pipeline = createSingleAttemptPipeline(
      executorPolicies.parse(policies),
      (context) => this.#attempt(context as ExecutorCall),
      { name, clock, random, classify: createClassifier(options), onTransition: options.onTransition },
    );
  }

  /**
   * Executes work within the deadline of the served request.
   * @throws Problem `breaker-open`, `bulkhead-full` or `deadline-exceeded` if nothing was executed,
   * `upstream-timeout` or `deadline-exceeded` if the work may have been executed; else what the work rejects with
   */
  async execute<T>(work: Work<T>, { timeoutMs, summary }: ExecuteOptions = {}): Promise<T> {
    const serving = requestContext.get();
    const now = this.#clock.now();
    const time = timeForCall(serving?.deadline, now);
    if (time === undefined)
      throw new Problem('deadline-exceeded', { detail: `no time is left to call ${this.name}` });
    const call: ExecutorCall = {
      signal: serving?.signal ?? NEVER_ABORTED,
      deadline: now + time,
      attempt: 1,
      idempotent: false,
      ...(serving?.priority && { priority: serving.priority }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      work,
    };
    const span = startExecutionSpan(this.name, this.#options.system, summary);
    try {
      return (await this.#pipeline.call(call)) as T;
    } catch (error) {
      recordRejection(this.name, error);
      const isClientError = error instanceof Problem && error.status < 500;
      if (span && !isClientError) failSpan(span, error);
      throw toProblem(this.name, error);
    } finally {
      span?.end();
    }
  }

  /** Executes work without policies. For health checks. */
  ping<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    const { faultPoints, toConnectionError } = this.#options;
    if (!faultPoints) return work(signal);
    const attempt = { point: this.name, signal, ...(toConnectionError && { toConnectionError }) };
    return faultPoints.work(attempt, () => work(signal));
  }

  get breakerState(): BreakerDescription['state'] {
    return this.#pipeline.breaker.describe().state;
  }

  /** The opossum instance, for dashboards and exporters. See `Breaker.circuit`. */
  get breaker(): Breaker['circuit'] {
    return this.#pipeline.breaker.circuit;
  }

  setBreakerMode(mode: BreakerMode): void {
    this.#pipeline.breaker.setMode(mode);
  }

  describe(): RegistryEntryState {
    return { name: this.name, policies: this.#pipeline.describe() };
  }

  dispose(): void {
    this.#pipeline.breaker.dispose();
  }

  async #attempt({ work, signal }: ExecutorCall): Promise<unknown> {
    const startedAt = this.#clock.now();
    let outcome: AttemptOutcome = 'success';
    try {
      return await this.ping(work, signal);
    } catch (error) {
      // An aborted attempt ended for the reason of its signal.
      outcome = toAttemptOutcome(signal.aborted ? signal.reason : error);
      throw error;
    } finally {
      this.#record(outcome, this.#clock.now() - startedAt);
    }
  }
}

const createClassifier =
  ({ isFailure, isTimeout }: PolicyExecutorOptions): Classify =>
  (error) => {
    if (error instanceof AttemptTimedOut) return 'timeout';
    const isIgnored =
      error instanceof Problem || error instanceof Cancelled || error instanceof DeadlineExceeded;
    if (isIgnored || !isFailure(error)) return 'ignored';
    return isTimeout?.(error) ? 'timeout' : 'failure';
  };
