import { Inject, Injectable, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger, createTransitionListener } from './breaker-transitions.ts';
import type { BreakerMode } from './core/breaker.ts';
import type { PolicyState } from './pipeline.ts';
import { PolicyExecutor, type PolicyExecutorOptions } from './policy-executor.ts';
import { observePolicies } from './policy-metrics.ts';

export interface RegistryEntryState {
  readonly name: string;
  /** In the order in which a call passes them. */
  readonly policies: readonly PolicyState[];
}

/** An upstream or an executor. */
export interface RegistryEntry {
  readonly name: string;
  /** Holds the breaker open (isolated) or closed; `auto` returns it to automatic control. */
  setBreakerMode(mode: BreakerMode): void;
  describe(): RegistryEntryState;
}

/** Lists the upstreams and executors of an application, for operators, and observes their policies. */
@Injectable()
export class UpstreamRegistry implements OnApplicationShutdown {
  readonly #entries = new Map<string, RegistryEntry>();
  readonly #stopObserving = observePolicies(() => this.all().map((entry) => entry.describe()));

  onApplicationShutdown(): void {
    this.#stopObserving();
  }

  /** @throws Error for a second entry with the same name: each of two breakers would count a part of the failures */
  add(entry: RegistryEntry): void {
    if (this.#entries.has(entry.name))
      throw new Error(`an upstream named "${entry.name}" is already registered`);
    this.#entries.set(entry.name, entry);
  }

  get(name: string): RegistryEntry | undefined {
    return this.#entries.get(name);
  }

  all(): readonly RegistryEntry[] {
    return [...this.#entries.values()];
  }
}

/** Creates the executors of an application and adds them to the registry. */
@Injectable()
export class PolicyExecutors {
  constructor(
    private readonly registry: UpstreamRegistry,
    @Optional() @Inject(RESILIENCE_LOGGER) private readonly logger?: ResilienceLogger,
    @Optional() @Inject(FAULT_POINTS) private readonly faultPoints?: FaultPoints,
  ) {}

  /** @throws Error if the name is already registered, ZodError for invalid policy options */
  create(name: string, options: Omit<PolicyExecutorOptions, 'onTransition' | 'faultPoints'>): PolicyExecutor {
    const onTransition = createTransitionListener(name, this.logger);
    const executor = new PolicyExecutor(name, { ...options, onTransition, faultPoints: this.faultPoints });
    this.registry.add(executor);
    return executor;
  }
}
