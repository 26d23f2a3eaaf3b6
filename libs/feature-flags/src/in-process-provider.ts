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
import { findUsableDefinitions } from './usable-definitions.ts';

type State =
  | { readonly name: 'waiting' }
  /** `problem` names the flags whose definitions do not fit the schema. */
  | { readonly name: 'ready'; readonly changedAt: string; readonly problem?: string }
  | { readonly name: 'stale'; readonly changedAt: string; readonly problem: string }
  | { readonly name: 'unavailable'; readonly problem: string };

const NO_FLAGS = '{"flags":{}}';

/**
 * Evaluates flagd's definitions in this process. While the new definition of a flag does not fit flagd's schema, its last valid
 * one applies. While the definitions are not JSON, all of the last ones apply.
 */
export class InProcessProvider implements Provider {
  readonly metadata = { name: 'flagd in process' };
  readonly runsOn = 'server';
  readonly events = new OpenFeatureEventEmitter();
  readonly #first = Promise.withResolvers<void>();
  readonly #storage: MemoryStorage;
  readonly #core: FlagdCore;
  readonly #feed: FlagFeed;
  readonly #logger: Logger;
  /** The definitions that apply. `undefined` while there are none. */
  #text: string | undefined;
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
    this.#logger = logger;
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
        this.#text = undefined;
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
    try {
      this.#apply(text);
    } catch (error) {
      const usable = findUsableDefinitions(text, this.#text, fitsSchema);
      if (usable) this.#apply(usable.text, usable.rejected);
      else this.#setProblem((error as Error).message);
    }
  }

  /** @throws ParseError if the definitions do not fit the schema */
  #apply(text: string, rejected: readonly string[] = []): void {
    const flagsChanged = this.#storage.setConfigurations(text, true);
    this.#text = text;
    const state = this.#state;
    const unchangedSince = 'changedAt' in state && flagsChanged.length === 0 ? state.changedAt : undefined;
    const changedAt = unchangedSince ?? new Date().toISOString();
    if (rejected.length === 0) this.#setState({ name: 'ready', changedAt });
    else {
      const problem = `definitions that do not fit the schema of flags: ${rejected.join(', ')}`;
      const known = 'problem' in state && state.problem === problem;
      const fields = { event: 'flags.definition_rejected', from: this.#feed.from, flags: rejected };
      if (!known) this.#logger.warn(fields, problem);
      this.#setState({ name: 'ready', changedAt, problem });
    }
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

function fitsSchema(text: string): boolean {
  try {
    new MemoryStorage(SILENT).setConfigurations(text, true);
    return true;
  } catch {
    return false;
  }
}

const ignore = (): void => undefined;
const SILENT: OpenFeatureLogger = { error: ignore, warn: ignore, info: ignore, debug: ignore };

function toOpenFeatureLogger(logger: Logger): OpenFeatureLogger {
  const log =
    (level: keyof Logger) =>
    (...words: unknown[]): void =>
      logger[level]({ event: 'flags.provider_log' }, words.map(String).join(' '));
  return { error: log('error'), warn: log('warn'), info: log('info'), debug: log('debug') };
}
