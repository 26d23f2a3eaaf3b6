import { HttpService } from '@nestjs/axios';
import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import axios, { type CreateAxiosDefaults } from 'axios';
import { upstreamToken } from '../upstream.module.ts';
import type { HttpUpstream } from '../http-upstream.ts';
import { createUpstreamAdapter } from './upstream-adapter.ts';

export interface ResilientHttpOptions extends Omit<CreateAxiosDefaults, 'adapter'> {
  /** The name that the upstream was registered under with `UpstreamModule`. */
  readonly upstream: string;
}

/**
 * Provides the `HttpService` of `@nestjs/axios` over the policies of an upstream, for code that calls it already. Where
 * the configuration does without the upstream, `undefined` is injected.
 */
@Module({})
export class ResilientHttpModule {
  static register({ upstream, ...defaults }: ResilientHttpOptions): DynamicModule {
    const provider: FactoryProvider<HttpService | undefined> = {
      provide: HttpService,
      inject: [upstreamToken(upstream)],
      useFactory: (target: HttpUpstream | undefined) => target && createResilientHttp(target, defaults),
    };
    return { module: ResilientHttpModule, providers: [provider], exports: [HttpService] };
  }
}

/** The same without Nest's container. */
export const createResilientHttp = (
  upstream: HttpUpstream,
  defaults: Omit<CreateAxiosDefaults, 'adapter'> = {},
): HttpService => new HttpService(axios.create({ ...defaults, adapter: createUpstreamAdapter(upstream) }));
