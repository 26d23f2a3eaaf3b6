import { HttpService } from '@nestjs/axios';
import { type DynamicModule, type FactoryProvider, Inject, Module } from '@nestjs/common';
import axios from 'axios';
import { Pool } from 'undici';
import { undiciAdapter } from './undici-adapter.ts';
import { Upstream } from './upstream.ts';

/** Largest answer that is read from an upstream, in bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface UpstreamOptions {
  /** Base address, without a path. */
  readonly url: string;
  /** Longest time for one call, in milliseconds. */
  readonly timeoutMs: number;
}

const upstreamToken = (name: string): string => `Upstream:${name}`;

/** Injects the upstream that was registered under `name`. */
export const InjectUpstream = (name: string): ParameterDecorator => Inject(upstreamToken(name));

/** Declares an upstream once; whoever needs it injects it by name. */
@Module({})
export class UpstreamModule {
  static register(
    upstream: { name: string } & Pick<FactoryProvider<UpstreamOptions>, 'inject' | 'useFactory'>,
  ): DynamicModule {
    const token = upstreamToken(upstream.name);
    const provider: FactoryProvider<Upstream> = {
      provide: token,
      inject: upstream.inject ?? [],
      useFactory: async (...injected) =>
        createUpstream(upstream.name, await upstream.useFactory(...injected)),
    };
    return { module: UpstreamModule, global: true, providers: [provider], exports: [token] };
  }
}

/** An upstream over `HttpService`, with a connection pool of its own. */
export function createUpstream(name: string, { url, timeoutMs }: UpstreamOptions): Upstream {
  const pool = new Pool(url, { maxResponseSize: MAX_ANSWER_BYTES });
  const http = new HttpService(
    axios.create({
      adapter: undiciAdapter(pool),
      validateStatus: () => true,
      // The body is parsed once, by the caller, after the status is known.
      transformResponse: [],
      transformRequest: [],
    }),
  );
  return new Upstream({ name, timeoutMs }, http, () => pool.destroy());
}
