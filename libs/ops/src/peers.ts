import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpUpstream, UpstreamRegistry, createUpstream } from '@film-store/resilience';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';

/** The result of a call to one instance of a peer. */
export type PeerResult<T> = { readonly peer: string } & (
  { readonly response: T } | { readonly error: unknown }
);

/**
 * Calls `/ops` of every instance of the peers, with the operators' token of this service. Uses connections of its own:
 * an open breaker does not block operators, and these calls do not count as traffic of a breaker.
 */
@Injectable()
export class Peers implements OnApplicationShutdown {
  #instances: readonly { readonly peer: string; readonly client: HttpUpstream }[] | undefined;

  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all((this.#instances ?? []).map(({ client }) => client.onApplicationShutdown()));
  }

  /** Calls all instances concurrently, or those of the peers that `selects` returns `true` for. Never rejects. */
  call<T>(
    request: (client: HttpUpstream) => Promise<T>,
    selects: (peer: string) => boolean = () => true,
  ): Promise<PeerResult<T>[]> {
    // Created at the first call, when all upstreams are registered.
    this.#instances ??= this.options.peers.flatMap((peer) => this.#createClients(peer));
    return Promise.all(
      this.#instances
        .filter(({ peer }) => selects(peer))
        .map(({ peer, client }) =>
          request(client).then(
            (response) => ({ peer, response }),
            (error: unknown) => ({ peer, error }),
          ),
        ),
    );
  }

  #createClients(peer: string) {
    const { adminToken } = this.options;
    const upstream = this.upstreams.get(peer);
    const endpoints = upstream instanceof HttpUpstream ? upstream.describe().endpoints : [];
    return endpoints.map(({ url }) => {
      const client = createUpstream(peer, {
        url,
        headers: adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` },
        policies: { hedging: false, requestCollapsing: false },
      });
      client.setBreakerMode('forced-closed');
      return { peer, client };
    });
  }
}

export const splitResults = <T>(results: readonly PeerResult<T>[]) => ({
  responses: results.flatMap((each) => ('response' in each ? [each.response] : [])),
  failures: results.flatMap((each) => ('error' in each ? [each] : [])),
});
