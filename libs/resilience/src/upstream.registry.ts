import { Injectable } from '@nestjs/common';
import type { Upstream } from './upstream.ts';

/** The upstreams of a service, for those who operate it. */
@Injectable()
export class UpstreamRegistry {
  readonly #upstreams = new Map<string, Upstream>();

  /** @throws Error when the name is taken: two pipelines to one upstream would each see half of its failures */
  add(upstream: Upstream): void {
    if (this.#upstreams.has(upstream.name)) {
      throw new Error(`an upstream named "${upstream.name}" is registered already`);
    }
    this.#upstreams.set(upstream.name, upstream);
  }

  get(name: string): Upstream | undefined {
    return this.#upstreams.get(name);
  }

  all(): readonly Upstream[] {
    return [...this.#upstreams.values()];
  }
}
