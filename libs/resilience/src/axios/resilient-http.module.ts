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
 * Provides an `HttpService` of `@nestjs/axios` that sends through the policies of an upstream. It injects `undefined`
 * if the application runs without the upstream.
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

/** Creates the `HttpService` without Nest's container. */
export const createResilientHttp = (
  upstream: HttpUpstream,
  defaults: Omit<CreateAxiosDefaults, 'adapter'> = {},
): HttpService => new HttpService(axios.create({ ...defaults, adapter: createUpstreamAdapter(upstream) }));
