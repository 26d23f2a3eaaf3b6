import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HttpUpstream, UpstreamRegistry, createUpstream } from '@film-store/resilience';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';

/** What became of asking one instance of a peer. */
export type Asked<T> = { readonly peer: string } & ({ readonly answer: T } | { readonly error: unknown });

interface Instance {
  readonly peer: string;
  readonly control: HttpUpstream;
}

/**
 * Every instance of the services that this one works with, as its operators meet them under `/ops`. They are reached
 * by connections of their own, with the token of this service: neither a fault nor an open breaker may keep operators
 * out, and to look must not count as traffic, nor probe what requests are kept from.
 */
@Injectable()
export class Peers implements OnApplicationShutdown {
  #known: readonly Instance[] | undefined;

  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all((this.#known ?? []).map(({ control }) => control.onApplicationShutdown()));
  }

  /** Asks all of them at once, or those of the peers that `among` picks. Never rejects. */
  ask<T>(
    question: (control: HttpUpstream) => Promise<T>,
    among: (peer: string) => boolean = () => true,
  ): Promise<Asked<T>[]> {
    const instances = this.#instances().filter(({ peer }) => among(peer));
    return Promise.all(
      instances.map(({ peer, control }) =>
        question(control).then(
          (answer) => ({ peer, answer }),
          (error: unknown) => ({ peer, error }),
        ),
      ),
    );
  }

  /** When first needed: then all upstreams are declared. */
  #instances(): readonly Instance[] {
    return (this.#known ??= this.options.peers.flatMap((peer) => {
      const upstream = this.upstreams.get(peer);
      const endpoints = upstream instanceof HttpUpstream ? upstream.describe().endpoints : [];
      return endpoints.map(({ url }) => ({ peer, control: this.#controlOf(peer, url) }));
    }));
  }

  #controlOf(peer: string, url: string): HttpUpstream {
    const { adminToken } = this.options;
    const control = createUpstream(peer, {
      url,
      headers: adminToken === undefined ? {} : { authorization: `Bearer ${adminToken}` },
      policies: { hedging: false, requestCollapsing: false },
    });
    control.setBreakerMode('forced-closed');
    return control;
  }
}
