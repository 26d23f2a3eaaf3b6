import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Breaker } from './core/breaker.ts';
import type { PolicyState } from './pipeline.ts';
import { observePolicies } from './policy-metrics.ts';

export type BreakerMode = Parameters<Breaker['setMode']>[0];

export interface RegistryEntryState {
  readonly name: string;
  /** In the order a call passes them. */
  readonly policies: readonly PolicyState[];
}

/** An upstream or an executor, for operators. */
export interface RegistryEntry {
  readonly name: string;
  /** Holds the breaker open (isolated) or closed; `auto` returns it to automatic control. */
  setBreakerMode(mode: BreakerMode): void;
  describe(): RegistryEntryState;
}

/** Lists the upstreams and executors of an application, for operators. */
@Injectable()
export class UpstreamRegistry implements OnApplicationShutdown {
  readonly #upstreams = new Map<string, RegistryEntry>();
  readonly #stopObserving = observePolicies(() => this.all().map((upstream) => upstream.describe()));

  onApplicationShutdown(): void {
    this.#stopObserving();
  }

  /** @throws Error when the name is taken: two pipelines to one upstream would each see half of its failures */
  add(upstream: RegistryEntry): void {
    if (this.#upstreams.has(upstream.name)) {
      throw new Error(`an upstream named "${upstream.name}" is registered already`);
    }
    this.#upstreams.set(upstream.name, upstream);
  }

  get(name: string): RegistryEntry | undefined {
    return this.#upstreams.get(name);
  }

  all(): readonly RegistryEntry[] {
    return [...this.#upstreams.values()];
  }
}
