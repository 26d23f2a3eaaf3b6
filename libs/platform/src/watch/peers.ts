import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type ServiceState, serviceState } from '#libs/contracts';
import { Problem, monotonicNow, newRequestId, requestContext } from '#libs/http';
import { Upstream, UpstreamRegistry, createUpstream, upstreamDefaults } from '#libs/resilience';
import { CONFIG, type ServiceConfig } from '../config.ts';
import { PEERS } from '../traces.controller.ts';

/** How long a peer has to tell of itself, in milliseconds. */
const BUDGET_MS = 600;

/** A service that tells of itself, or why it tells nothing. */
export type Seen =
  { readonly name: string; readonly state: ServiceState } | { readonly name: string; readonly why: string };

/**
 * Asks the services that this one works with how they are; of several instances the first. They are reached by
 * connections of their own: to watch must neither count as traffic nor probe what requests are kept from.
 */
@Injectable()
export class Peers implements OnApplicationShutdown {
  #known: readonly { readonly name: string; readonly control: Upstream }[] | undefined;

  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(PEERS) private readonly names: readonly string[],
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all((this.#known ?? []).map(({ control }) => control.onApplicationShutdown()));
  }

  see(): Promise<Seen[]> {
    return Promise.all(this.#peers().map(({ name, control }) => this.#ask(name, control)));
  }

  async #ask(name: string, control: Upstream): Promise<Seen> {
    const { ADMIN_TOKEN } = this.config;
    const request = { requestId: newRequestId(), deadline: monotonicNow() + BUDGET_MS };
    const headers = ADMIN_TOKEN === undefined ? {} : { authorization: `Bearer ${ADMIN_TOKEN}` };
    try {
      const state = await requestContext.run(request, () =>
        control.get('/ops/state', { schema: serviceState, headers }),
      );
      return { name, state };
    } catch (error) {
      return { name, why: error instanceof Problem ? error.code : 'no answer' };
    }
  }

  /** When first needed: then all upstreams are declared. */
  #peers() {
    return (this.#known ??= this.names.flatMap((name) => {
      const upstream = this.upstreams.get(name);
      const [first] = upstream instanceof Upstream ? upstream.describe().endpoints : [];
      return first ? [{ name, control: controlOf(name, first.url) }] : [];
    }));
  }
}

function controlOf(name: string, url: string): Upstream {
  const control = createUpstream(name, {
    url,
    settings: { ...upstreamDefaults, RETRY_ATTEMPTS: 1, HEDGE: false, COALESCE: false },
  });
  control.force('closed');
  return control;
}
