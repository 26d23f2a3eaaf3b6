import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { type FaultPoints, HealthCheckFailed, type HealthIndicators, type Logger } from '@film-store/core';
import {
  type Client,
  type EvaluationContext,
  NOOP_PROVIDER,
  OpenFeature,
  ProviderEvents,
  ProviderStatus,
  StandardResolutionReasons,
} from '@openfeature/server-sdk';
import type { BooleanFlag, Evaluation } from './flag.ts';
import type { Flags } from './flags.ts';
import type { InProcessProvider } from './in-process-provider.ts';

/** Longest time that a start waits for the first definitions, in milliseconds. */
const FIRST_DEFINITIONS_MS = 500;

export class FlagEvaluator implements Flags, OnModuleInit, OnApplicationShutdown {
  /** OpenFeature has one registry per process. A domain separates two services in one process. */
  readonly #domain = randomUUID();
  readonly #client = OpenFeature.getClient(this.#domain);
  readonly #stop = new AbortController();
  /** Values of flags whose definitions have no rules. They are valid until the definitions change. */
  #constants = new Map<string, Evaluation>();
  /** Flags without a usable definition. Each is logged once. */
  readonly #missing = new Set<string>();

  constructor(
    private readonly provider: InProcessProvider,
    private readonly logger: Logger,
    private readonly health: HealthIndicators | undefined,
    private readonly faultPoints: FaultPoints | undefined,
  ) {}

  async onModuleInit(): Promise<void> {
    this.health?.register({ name: 'flags', critical: false, check: () => this.#check() });
    const first = OpenFeature.setProviderAndWait(this.#domain, this.provider).catch(() => undefined);
    this.#followProvider();
    await Promise.race([first, setTimeout(FIRST_DEFINITIONS_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.provider.onClose();
    await OpenFeature.setProviderAndWait(this.#domain, NOOP_PROVIDER);
  }

  async boolean(flag: BooleanFlag, context?: EvaluationContext): Promise<Evaluation> {
    const status = this.#client.providerStatus;
    const usable = status === ProviderStatus.READY || status === ProviderStatus.STALE;
    if (!usable || this.faultPoints?.isUnavailable('flags'))
      return { source: 'default', value: flag.default, reason: 'unreachable' };
    return this.#constants.get(flag.key) ?? this.#evaluate(flag, context);
  }

  async #evaluate(flag: BooleanFlag, context: EvaluationContext | undefined): Promise<Evaluation> {
    // A value that was evaluated before a change must not be stored after it.
    const constants = this.#constants;
    const details = await this.#client.getBooleanDetails(flag.key, flag.default, context);
    if (details.errorCode !== undefined) {
      this.#logMissingDefinition(flag, details.errorCode);
      return { source: 'default', value: flag.default, reason: 'upstream-error' };
    }
    const evaluation: Evaluation = { source: 'flag', value: details.value };
    if (details.reason === StandardResolutionReasons.STATIC) constants.set(flag.key, evaluation);
    return evaluation;
  }

  #logMissingDefinition(flag: BooleanFlag, errorCode: string): void {
    if (this.#missing.has(flag.key)) return;
    this.#missing.add(flag.key);
    this.logger.warn(
      { event: 'flag.missing_definition', flag: flag.key, errorCode, default: flag.default },
      `flag ${flag.key} has no usable definition`,
    );
  }

  #check(): Record<string, unknown> {
    const { problem, ...details } = this.provider.describe();
    if (this.faultPoints?.isUnavailable('flags'))
      throw new HealthCheckFailed('the flag definitions are unavailable', details);
    if (typeof problem === 'string') throw new HealthCheckFailed(problem, details);
    return details;
  }

  /** Logs each loss and recovery of the definitions once, and every change. */
  #followProvider(): void {
    let available = true;
    const { from } = this.provider.describe();
    const on: Client['addHandler'] = (event, handler) =>
      this.#client.addHandler(event, handler, { signal: this.#stop.signal });
    const clear = (): void => {
      this.#constants = new Map();
      this.#missing.clear();
    };
    on(ProviderEvents.Error, (details) => {
      const fields = { event: 'flags.unavailable', from, problem: details?.message };
      if (available) this.logger.warn(fields, 'flag definitions are unavailable');
      available = false;
      clear();
    });
    on(ProviderEvents.Stale, (details) => {
      const fields = { event: 'flags.stale', from, problem: details?.message };
      this.logger.warn(fields, 'flag definitions may be out of date');
    });
    on(ProviderEvents.Ready, () => {
      if (!available)
        this.logger.info({ event: 'flags.recovered', from }, 'flag definitions are available again');
      available = true;
      clear();
    });
    on(ProviderEvents.ConfigurationChanged, (details) => {
      this.logger.info({ event: 'flags.changed', from, flags: details?.flagsChanged }, 'flags changed');
      clear();
    });
  }
}
