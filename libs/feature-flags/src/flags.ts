import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit, Optional } from '@nestjs/common';
import {
  type EvaluationContext,
  NOOP_PROVIDER,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import {
  FAULT_POINTS,
  type FaultPoints,
  HEALTH_INDICATORS,
  HealthCheckFailed,
  type HealthIndicators,
  type Logger,
} from '@film-store/core';
import type { BooleanFlag, Evaluation } from './flag.ts';
import { InProcessProvider } from './in-process-provider.ts';

/** Injects the logger of the flags. */
export const FLAGS_LOGGER = Symbol('flags logger');

/** Longest time a start waits for the first flags, in milliseconds. */
const FIRST_FLAGS_MS = 500;

/** Evaluates flags, always and at once: by their definitions or, where there are none, by their declared defaults. */
@Injectable()
export class Flags implements OnModuleInit, OnApplicationShutdown {
  /** OpenFeature is one for the whole process; a domain of its own keeps two services in it apart. */
  readonly #domain = randomUUID();
  readonly #client = OpenFeature.getClient(this.#domain);
  readonly #stop = new AbortController();
  /** Values of flags whose definitions have no rules. They hold until the definitions change. */
  #constant = new Map<string, Evaluation>();
  /** Flags without a usable definition, each logged once. */
  readonly #unanswered = new Set<string>();

  constructor(
    private readonly provider: InProcessProvider,
    @Inject(FLAGS_LOGGER) private readonly logger: Logger,
    @Optional() @Inject(HEALTH_INDICATORS) private readonly health?: HealthIndicators,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health?.register({ name: 'flags', critical: false, check: () => this.#check() });
    const first = OpenFeature.setProviderAndWait(this.#domain, this.provider).catch(() => undefined);
    this.#listen();
    await Promise.race([first, setTimeout(FIRST_FLAGS_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.provider.onClose();
    await OpenFeature.setProviderAndWait(this.#domain, NOOP_PROVIDER);
  }

  /** Never throws. Only where a flag's definition has a rule does `context` matter, and an evaluation cost microseconds. */
  async boolean(flag: BooleanFlag, context?: EvaluationContext): Promise<Evaluation> {
    const status = this.#client.providerStatus;
    const usable = status === ProviderStatus.READY || status === ProviderStatus.STALE;
    if (!usable || this.faultPoints?.isUnavailable('flags')) {
      return { source: 'default', value: flag.default, reason: 'unreachable' };
    }
    return this.#constant.get(flag.key) ?? this.#evaluate(flag, context);
  }

  async #evaluate(flag: BooleanFlag, context: EvaluationContext | undefined): Promise<Evaluation> {
    // A value that was evaluated before a change must not be stored after it.
    const constant = this.#constant;
    const { value, reason, errorCode } = await this.#client.getBooleanDetails(
      flag.key,
      flag.default,
      context,
    );
    if (errorCode !== undefined) {
      this.#logMissingDefinition(flag, errorCode);
      return { source: 'default', value: flag.default, reason: 'upstream-error' };
    }
    const evaluation: Evaluation = { source: 'flag', value };
    if (reason === StandardResolutionReasons.STATIC) constant.set(flag.key, evaluation);
    return evaluation;
  }

  #logMissingDefinition(flag: BooleanFlag, errorCode: string): void {
    if (this.#unanswered.has(flag.key)) return;
    this.#unanswered.add(flag.key);
    this.logger.warn(
      { event: 'flag.missing_definition', flag: flag.key, errorCode, default: flag.default },
      `flag ${flag.key} has no usable definition`,
    );
  }

  #check(): Record<string, unknown> {
    const { problem, ...details } = this.provider.describe();
    if (this.faultPoints?.isUnavailable('flags'))
      throw new HealthCheckFailed('the definitions are gone', details);
    if (typeof problem === 'string') throw new HealthCheckFailed(problem, details);
    return details;
  }

  /** Losing the flags and getting them back is logged once each, and so is every change. */
  #listen(): void {
    let gone = false;
    const until = { signal: this.#stop.signal };
    const { from } = this.provider.describe();
    this.#client.addHandler(
      ProviderEvents.Error,
      (details) => {
        if (!gone)
          this.logger.warn({ event: 'flags.unavailable', from, problem: details?.message }, 'flags are gone');
        gone = true;
        this.#clear();
      },
      until,
    );
    this.#client.addHandler(
      ProviderEvents.Stale,
      (details) => {
        this.logger.warn(
          { event: 'flags.stale', from, problem: details?.message },
          'flags may be out of date',
        );
      },
      until,
    );
    this.#client.addHandler(
      ProviderEvents.Ready,
      () => {
        if (gone) this.logger.info({ event: 'flags.recovered', from }, 'flags are back');
        gone = false;
        this.#clear();
      },
      until,
    );
    this.#client.addHandler(
      ProviderEvents.ConfigurationChanged,
      (details) => {
        this.logger.info({ event: 'flags.changed', from, flags: details?.flagsChanged }, 'flags changed');
        this.#clear();
      },
      until,
    );
  }

  #clear(): void {
    this.#constant = new Map();
    this.#unanswered.clear();
  }
}
