import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Breaker } from './core/breaker.ts';
import type { PolicyState } from './pipeline.ts';
import { observePolicies } from './policy-metrics.ts';

export type BreakerPosition = Parameters<Breaker['force']>[0];

export interface RegisteredState {
  readonly name: string;
  /** In the order a call passes them. */
  readonly policies: readonly PolicyState[];
}

/** Whatever a service calls, as those who operate the service see it: an `Upstream` or a `Dependency`. */
export interface Registered {
  readonly name: string;
  /** Holds the breaker open or closed, or leaves it to itself again. */
  force(position: BreakerPosition): void;
  describe(): RegisteredState;
}

/** The upstreams of a service, databases and the like included, for those who operate it. */
@Injectable()
export class UpstreamRegistry implements OnApplicationShutdown {
  readonly #upstreams = new Map<string, Registered>();
  readonly #stopObserving = observePolicies(() => this.all().map((upstream) => upstream.describe()));

  onApplicationShutdown(): void {
    this.#stopObserving();
  }

  /** @throws Error when the name is taken: two pipelines to one upstream would each see half of its failures */
  add(upstream: Registered): void {
    if (this.#upstreams.has(upstream.name)) {
      throw new Error(`an upstream named "${upstream.name}" is registered already`);
    }
    this.#upstreams.set(upstream.name, upstream);
  }

  get(name: string): Registered | undefined {
    return this.#upstreams.get(name);
  }

  all(): readonly Registered[] {
    return [...this.#upstreams.values()];
  }
}
