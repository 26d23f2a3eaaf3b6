import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import {
  type EvaluationContext,
  GeneralError,
  type JsonValue,
  type Logger,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
} from '@openfeature/server-sdk';
import type { FeedListener, FlagFeed } from './feed.ts';

type State =
  | { readonly name: 'waiting' }
  | { readonly name: 'ready'; readonly changedAt: string }
  | { readonly name: 'stale'; readonly changedAt: string; readonly problem: string }
  | { readonly name: 'gone'; readonly problem: string };

const NO_FLAGS = '{"flags":{}}';

/**
 * Evaluates flagd's definitions in this process, wherever they come from. Definitions that are no JSON or do not fit
 * flagd's schema leave the last good ones in force; where there are none, or none any more, there is no flag.
 */
export class InProcessProvider implements Provider {
  readonly metadata = { name: 'flagd in process' };
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #first = Promise.withResolvers<void>();
  readonly #storage: MemoryStorage;
  readonly #core: FlagdCore;
  readonly #feed: FlagFeed;
  #state: State = { name: 'waiting' };

  constructor(feed: FlagFeed, logger: Logger) {
    this.#feed = feed;
    this.#storage = new MemoryStorage(logger);
    this.#core = new FlagdCore(this.#storage, logger);
  }

  /** Resolves with the first definitions, rejects where there are none yet; it looks on in either case. */
  initialize(): Promise<void> {
    const listener: FeedListener = {
      definitions: (text) => this.#take(text),
      stale: (problem) => this.#doubt(problem),
      gone: (problem) => {
        this.#storage.setConfigurations(NO_FLAGS);
        this.#enter({ name: 'gone', problem });
      },
    };
    this.#feed.start(listener);
    return this.#first.promise;
  }

  onClose(): Promise<void> {
    return this.#feed.stop();
  }

  /** How it is, for people. */
  describe(): Record<string, unknown> {
    const { name: state, ...details } = this.#state;
    return { state, from: this.#feed.from, flags: this.#core.getFlags().size, ...details };
  }

  async resolveBooleanEvaluation(key: string, value: boolean, context: EvaluationContext, logger: Logger) {
    return this.#core.resolveBooleanEvaluation(key, value, context, logger);
  }

  async resolveStringEvaluation(key: string, value: string, context: EvaluationContext, logger: Logger) {
    return this.#core.resolveStringEvaluation(key, value, context, logger);
  }

  async resolveNumberEvaluation(key: string, value: number, context: EvaluationContext, logger: Logger) {
    return this.#core.resolveNumberEvaluation(key, value, context, logger);
  }

  async resolveObjectEvaluation<T extends JsonValue>(
    key: string,
    value: T,
    context: EvaluationContext,
    logger: Logger,
  ) {
    return this.#core.resolveObjectEvaluation(key, value, context, logger);
  }

  #take(text: string): void {
    let flagsChanged: string[];
    try {
      flagsChanged = this.#storage.setConfigurations(text, true);
    } catch (error) {
      return this.#doubt((error as Error).message);
    }
    const changedAt =
      'changedAt' in this.#state && flagsChanged.length === 0
        ? this.#state.changedAt
        : new Date().toISOString();
    this.#enter({ name: 'ready', changedAt });
    if (flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  #doubt(problem: string): void {
    const state = this.#state;
    this.#enter(
      'changedAt' in state
        ? { name: 'stale', changedAt: state.changedAt, problem }
        : { name: 'gone', problem },
    );
  }

  #enter(state: State): void {
    this.#state = state;
    switch (state.name) {
      case 'waiting':
        return;
      case 'ready':
        this.#first.resolve();
        this.events.emit(ProviderEvents.Ready);
        return;
      case 'stale':
        this.events.emit(ProviderEvents.Stale, { message: state.problem });
        return;
      case 'gone':
        this.#first.reject(new GeneralError(state.problem));
        this.events.emit(ProviderEvents.Error, { message: state.problem });
        return;
      default:
        state satisfies never;
    }
  }
}
