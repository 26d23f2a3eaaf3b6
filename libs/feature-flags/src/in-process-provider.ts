import type { Logger } from '@film-store/core';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import {
  GeneralError,
  type Logger as OpenFeatureLogger,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
} from '@openfeature/server-sdk';
import type { FlagFeed } from './feed.ts';

type State =
  | { readonly name: 'waiting' }
  | { readonly name: 'ready'; readonly changedAt: string }
  | { readonly name: 'stale'; readonly changedAt: string; readonly problem: string }
  | { readonly name: 'unavailable'; readonly problem: string };

const NO_FLAGS = '{"flags":{}}';

/**
 * Evaluates flagd's definitions in this process. While new definitions are not JSON or do not match flagd's schema, the last
 * valid ones apply.
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

  readonly resolveBooleanEvaluation: Provider['resolveBooleanEvaluation'] = async (...args) =>
    this.#core.resolveBooleanEvaluation(...args);
  readonly resolveStringEvaluation: Provider['resolveStringEvaluation'] = async (...args) =>
    this.#core.resolveStringEvaluation(...args);
  readonly resolveNumberEvaluation: Provider['resolveNumberEvaluation'] = async (...args) =>
    this.#core.resolveNumberEvaluation(...args);
  readonly resolveObjectEvaluation: Provider['resolveObjectEvaluation'] = async (...args) =>
    this.#core.resolveObjectEvaluation(...args);

  constructor(feed: FlagFeed, logger: Logger) {
    this.#feed = feed;
    const openFeatureLogger = toOpenFeatureLogger(logger);
    this.#storage = new MemoryStorage(openFeatureLogger);
    this.#core = new FlagdCore(this.#storage, openFeatureLogger);
  }

  /** Resolves with the first definitions, and rejects if there are none yet. The feed continues in both cases. */
  initialize(): Promise<void> {
    this.#feed.start({
      definitions: (text) => this.#setDefinitions(text),
      stale: (problem) => this.#setProblem(problem),
      unavailable: (problem) => {
        this.#storage.setConfigurations(NO_FLAGS);
        this.#setState({ name: 'unavailable', problem });
      },
    });
    return this.#first.promise;
  }

  onClose(): Promise<void> {
    return this.#feed.stop();
  }

  describe(): Record<string, unknown> {
    const { name: state, ...details } = this.#state;
    return { state, from: this.#feed.from, flags: this.#core.getFlags().size, ...details };
  }

  #setDefinitions(text: string): void {
    let flagsChanged: string[];
    try {
      flagsChanged = this.#storage.setConfigurations(text, true);
    } catch (error) {
      return this.#setProblem((error as Error).message);
    }
    const known = 'changedAt' in this.#state && flagsChanged.length === 0 ? this.#state.changedAt : undefined;
    this.#setState({ name: 'ready', changedAt: known ?? new Date().toISOString() });
    if (flagsChanged.length > 0) this.events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged });
  }

  /** Keeps the last valid definitions, if there are any. */
  #setProblem(problem: string): void {
    const state = this.#state;
    if ('changedAt' in state) this.#setState({ name: 'stale', changedAt: state.changedAt, problem });
    else this.#setState({ name: 'unavailable', problem });
  }

  #setState(state: Exclude<State, { name: 'waiting' }>): void {
    this.#state = state;
    switch (state.name) {
      case 'ready':
        this.#first.resolve();
        this.events.emit(ProviderEvents.Ready);
        return;
      case 'stale':
        this.events.emit(ProviderEvents.Stale, { message: state.problem });
        return;
      case 'unavailable':
        this.#first.reject(new GeneralError(state.problem));
        this.events.emit(ProviderEvents.Error, { message: state.problem });
        return;
      default:
        state satisfies never;
    }
  }
}

function toOpenFeatureLogger(logger: Logger): OpenFeatureLogger {
  const log =
    (level: keyof Logger) =>
    (...words: unknown[]): void =>
      logger[level]({ event: 'flags.provider_log' }, words.map(String).join(' '));
  return { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
}
