import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type FaultsReport, type ScenarioName, faultsReport, takesPart } from '#libs/faults';
import { Upstream, UpstreamRegistry, createUpstream, upstreamDefaults } from '#libs/resilience';
import { CONFIG, type ServiceConfig } from './config.ts';
import { PEERS } from './traces.controller.ts';

const PATH = '/ops/faults';

/** One instance of another service that has faults of its own. */
interface Peer {
  readonly name: string;
  readonly control: Upstream;
}

/** What became of asking a peer. */
interface Asked {
  readonly peer: string;
  readonly error?: unknown;
  readonly report?: FaultsReport;
}

/**
 * The faults of the services this one asks, of every instance it has the address of. They are reached by connections
 * of their own: neither a fault nor an open breaker must keep anybody from ending a fault.
 */
@Injectable()
export class FaultPeers implements OnApplicationShutdown {
  #known: readonly Peer[] | undefined;

  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(PEERS) private readonly names: readonly string[],
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all((this.#known ?? []).map(({ control }) => control.onApplicationShutdown()));
  }

  report(): Promise<Asked[]> {
    return this.#ask(this.#peers(), async ({ control }) => ({
      report: await control.get(PATH, { schema: faultsReport, headers: this.#headers() }),
    }));
  }

  /** Begins it at those that take part. */
  begin(order: { readonly scenario: ScenarioName }): Promise<Asked[]> {
    return this.#ask(this.#partOf(order.scenario), async ({ control }) => ({
      report: await control.put(PATH, order, { schema: faultsReport, headers: this.#headers() }),
    }));
  }

  end(scenario: ScenarioName | undefined): Promise<Asked[]> {
    const peers = scenario === undefined ? this.#peers() : this.#partOf(scenario);
    return this.#ask(peers, async ({ control }) => {
      await control.delete(PATH, { query: { scenario }, headers: this.#headers() });
      return {};
    });
  }

  #ask(peers: readonly Peer[], ask: (peer: Peer) => Promise<Omit<Asked, 'peer'>>): Promise<Asked[]> {
    return Promise.all(
      peers.map((peer) =>
        ask(peer)
          .catch((error: unknown) => ({ error }))
          .then((asked) => ({ peer: peer.name, ...asked })),
      ),
    );
  }

  #partOf(scenario: ScenarioName): readonly Peer[] {
    return this.#peers().filter(({ name }) => takesPart(scenario, name));
  }

  #headers(): Record<string, string> {
    const { ADMIN_TOKEN } = this.config;
    return ADMIN_TOKEN === undefined ? {} : { authorization: `Bearer ${ADMIN_TOKEN}` };
  }

  /** When first needed: then all upstreams are declared. */
  #peers(): readonly Peer[] {
    return (this.#known ??= this.names.flatMap((name) => {
      const upstream = this.upstreams.get(name);
      const endpoints = upstream instanceof Upstream ? upstream.describe().endpoints : [];
      return endpoints.map(({ url }) => ({ name, control: controlOf(name, url) }));
    }));
  }
}

function controlOf(name: string, url: string): Upstream {
  const control = createUpstream(name, {
    url,
    settings: { ...upstreamDefaults, HEDGE: false, COALESCE: false },
  });
  control.force('closed');
  return control;
}
