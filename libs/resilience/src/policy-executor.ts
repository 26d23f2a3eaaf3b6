import { Problem } from '@film-store/problem';
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
import {
  type AttemptOutcome,
  type RecordAttempt,
  createAttemptRecorder,
  toAttemptOutcome,
} from './attempt-metrics.ts';
import { failSpan } from './attempt-span.ts';
import type { Breaker, BreakerDescription, BreakerTransition } from './core/breaker.ts';
import { type Call, type CallContext, type Classify, NEVER } from './core/call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './core/errors.ts';
import { startDependencySpan } from './dependency-span.ts';
import { type Pipeline, createSingleAttemptPipeline } from './pipeline.ts';
import { startRejectionSeries, recordRejection } from './rejections.ts';
import { type ExecutorPolicies, executorPolicies } from './policy-options.ts';
import { toProblem } from './upstream-failure.ts';
import type { BreakerMode, RegistryEntry, RegistryEntryState } from './upstream.registry.ts';

/**
 * What is done with a dependency. `signal` ends when nobody waits for the answer any more: its time is up, or its
 * caller has left. Work goes on keeping its place among those under way until it settles, so it has to settle then.
 */
export type Work<T> = (signal: AbortSignal) => Promise<T>;

export interface PolicyExecutorOptions {
  /** What kind of database it is, as the semantic conventions name it, for traces. */
  readonly system?: string;
  /** Options of the policies; those that are absent have their defaults. */
  readonly policies?: Partial<ExecutorPolicies>;
  /**
   * Whether an error that work rejected with is the dependency's failure. A `Problem` never is; work that ran out of
   * time is, unless it was hurried. Must not throw.
   */
  readonly isFailure: (error: unknown) => boolean;
  /** Returns whether such a failure is that the dependency ran out of the time that the work had. Must not throw. */
  readonly isTimeout?: (error: unknown) => boolean;
  /** An injected loss of the connection as the dependency's own client would tell it; absent: as Node does. */
  readonly toConnectionError?: (cause: Error) => Error;
  readonly onTransition?: (transition: BreakerTransition) => void;
  readonly faultPoints?: FaultPoints | undefined;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The pipeline passes on what it does not know: the work travels in the context. */
interface DependencyCall extends CallContext {
  readonly work: Work<unknown>;
}

/**
 * Executes work with a client of something that is not HTTP, such as a database. The work passes a bulkhead, a circuit
 * breaker and a timeout, so that a server that hangs delays few callers. Nothing is retried.
 */
export class PolicyExecutor implements RegistryEntry, ResilienceExecutor<AbortSignal> {
  readonly name: string;
  readonly #system: string | undefined;
  readonly #clock: Clock;
  readonly #perform: Perform;
  readonly #record: RecordAttempt;
  readonly #pipeline: Pipeline<unknown>;

  /** @throws ZodError that lists all invalid policy options */
  constructor(name: string, options: PolicyExecutorOptions) {
    const { policies = {}, onTransition = () => undefined } = options;
    const { clock = systemClock, random = Math.random, faultPoints } = options;
    this.name = name;
    startRejectionSeries(name);
    this.#system = options.system;
    this.#clock = clock;
    this.#perform = faultPoints ? throughPoint(faultPoints, name, options.toConnectionError) : direct;
    this.#record = createAttemptRecorder(name);
    const attempt: Call<unknown> = (context) => this.#attempt(context as DependencyCall);
    this.#pipeline = createSingleAttemptPipeline(executorPolicies.parse(policies), attempt, {
      name,
      clock,
      random,
      classify: classifyBy(options),
      onTransition,
    });
  }

  /**
   * Does the work within the deadline of the request that is served.
   * @throws Problem `breaker-open`, `bulkhead-full` or `deadline-exceeded` where nothing has been done,
   * `upstream-timeout` or `deadline-exceeded` where it may have been; else whatever the work rejects with
   */
  async execute<T>(work: Work<T>, { timeoutMs, summary }: ExecuteOptions = {}): Promise<T> {
    const serving = requestContext.get();
    const now = this.#clock.now();
    const time = timeForCall(serving?.deadline, now);
    if (time === undefined)
      throw new Problem('deadline-exceeded', { detail: `no time is left to ask ${this.name}` });
    const call: DependencyCall = {
      signal: serving?.signal ?? NEVER,
      deadline: now + time,
      attempt: 1,
      idempotent: false,
      ...(serving?.priority && { priority: serving.priority }),
      ...(timeoutMs !== undefined && { timeoutMs }),
      work,
    };
    const span = startDependencySpan(this.name, this.#system, summary);
    try {
      return (await this.#pipeline.call(call)) as T;
    } catch (error) {
      recordRejection(this.name, error);
      if (span && !isAnswer(error)) failSpan(span, error);
      throw toProblem(this.name, error);
    } finally {
      span?.end();
    }
  }

  /** Does work past all policies. For health checks. */
  check<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    return this.#perform(work, signal);
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
    this.#pipeline.dispose();
  }

  async #attempt({ work, signal }: DependencyCall): Promise<unknown> {
    const startedAt = this.#clock.now();
    let outcome: AttemptOutcome = 'success';
    try {
      return await this.#perform(work, signal);
    } catch (error) {
      // What ended an attempt from outside is the reason.
      outcome = toAttemptOutcome(signal.aborted ? signal.reason : error);
      throw error;
    } finally {
      this.#record(outcome, this.#clock.now() - startedAt);
    }
  }
}

type Perform = <T>(work: Work<T>, signal: AbortSignal) => Promise<T>;

const direct: Perform = (work, signal) => work(signal);

const throughPoint =
  (
    faultPoints: FaultPoints,
    point: string,
    toConnectionError: PolicyExecutorOptions['toConnectionError'],
  ): Perform =>
  (work, signal) =>
    faultPoints.work({ point, signal, ...(toConnectionError && { toConnectionError }) }, () => work(signal));

/** Such as that there is no such thing: the dependency did what it was asked. */
const isAnswer = (error: unknown): boolean => error instanceof Problem && error.status < 500;

const classifyBy =
  ({
    isFailure,
    isTimeout = () => false,
  }: Pick<PolicyExecutorOptions, 'isFailure' | 'isTimeout'>): Classify =>
  (error) => {
    if (error instanceof AttemptTimedOut) return 'timeout';
    if (error instanceof Problem || error instanceof Cancelled || error instanceof DeadlineExceeded)
      return 'ignored';
    if (!isFailure(error)) return 'ignored';
    return isTimeout(error) ? 'timeout' : 'failure';
  };
