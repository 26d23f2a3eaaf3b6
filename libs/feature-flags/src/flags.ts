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
import { PinoLogger } from 'nestjs-pino';
import { HealthRegistry, Unwell } from '@film-store/health';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import type { BooleanFlag, Evaluation } from './flag.ts';
import { InProcessProvider } from './in-process-provider.ts';

/** Longest time a start waits for the first flags, in milliseconds. */
const FIRST_FLAGS_MS = 500;

/** Answers what a flag is, always and at once: as its definition says or, where nobody can say, as it was declared. */
@Injectable()
export class Flags implements OnModuleInit, OnApplicationShutdown {
  /** OpenFeature is one for the whole process; a domain of its own keeps two services in it apart. */
  readonly #domain = randomUUID();
  readonly #client = OpenFeature.getClient(this.#domain);
  readonly #stop = new AbortController();
  /** Flags whose definition asks for no context: OpenFeature is asked again when the definitions change. */
  #settled = new Map<string, Evaluation>();
  /** Flags that the definitions in force do not answer, each logged once. */
  readonly #unanswered = new Set<string>();

  constructor(
    private readonly provider: InProcessProvider,
    private readonly logger: PinoLogger,
    private readonly health: HealthRegistry,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health.register({ name: 'flags', critical: false, check: () => this.#check() });
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
    if (!usable || this.faultPoints?.isAway('flags')) {
      return { source: 'default', value: flag.default, reason: 'unreachable' };
    }
    return this.#settled.get(flag.key) ?? this.#evaluate(flag, context);
  }

  async #evaluate(flag: BooleanFlag, context: EvaluationContext | undefined): Promise<Evaluation> {
    // What was asked before a change is not kept after it.
    const settled = this.#settled;
    const { value, reason, errorCode } = await this.#client.getBooleanDetails(
      flag.key,
      flag.default,
      context,
    );
    if (errorCode !== undefined) {
      this.#tellUnanswered(flag, errorCode);
      return { source: 'default', value: flag.default, reason: 'upstream-error' };
    }
    const evaluation: Evaluation = { source: 'flag', value };
    if (reason === StandardResolutionReasons.STATIC) settled.set(flag.key, evaluation);
    return evaluation;
  }

  #tellUnanswered(flag: BooleanFlag, errorCode: string): void {
    if (this.#unanswered.has(flag.key)) return;
    this.#unanswered.add(flag.key);
    this.logger.warn(
      { event: 'flags.unanswered', flag: flag.key, errorCode, default: flag.default },
      `flag ${flag.key} has no usable definition`,
    );
  }

  #check(): Record<string, unknown> {
    const { problem, ...details } = this.provider.describe();
    if (this.faultPoints?.isAway('flags')) throw new Unwell('the definitions are gone', details);
    if (typeof problem === 'string') throw new Unwell(problem, details);
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
          this.logger.warn({ event: 'flags.gone', from, problem: details?.message }, 'flags are gone');
        gone = true;
        this.#forget();
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
        if (gone) this.logger.info({ event: 'flags.back', from }, 'flags are back');
        gone = false;
        this.#forget();
      },
      until,
    );
    this.#client.addHandler(
      ProviderEvents.ConfigurationChanged,
      (details) => {
        this.logger.info({ event: 'flags.changed', from, flags: details?.flagsChanged }, 'flags changed');
        this.#forget();
      },
      until,
    );
  }

  #forget(): void {
    this.#settled = new Map();
    this.#unanswered.clear();
  }
}
