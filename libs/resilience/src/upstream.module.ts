import { type DynamicModule, type FactoryProvider, Global, Inject, Module } from '@nestjs/common';
import { createTransitionListener } from './breaker-transitions.ts';
import { type UpstreamOptions, createUpstream } from './create-upstream.ts';
import { Dependencies } from './dependencies.ts';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger } from './logger.ts';
import { upstreamSettings } from './settings.ts';
import { UpstreamRegistry } from './upstream.registry.ts';
import type { Upstream } from './upstream.ts';

/** The token of the upstream that was registered under `name`, for a factory's `inject`. */
export const upstreamToken = (name: string): symbol => Symbol.for(`@film-store/resilience/upstream/${name}`);

/** Injects the upstream that was registered under `name`. */
export const InjectUpstream = (name: string): ParameterDecorator => Inject(upstreamToken(name));

export interface UpstreamDeclaration<C> {
  readonly name: string;
  /** The token of the service's configuration, which `upstreamConfig(name)` is a part of. */
  readonly config: FactoryProvider['provide'];
  /** See `UpstreamOptions.url`; `undefined` where the configuration does without: what is injected is then, too. */
  readonly url: (config: C) => string | undefined;
  /** See `UpstreamOptions.headers`. */
  readonly headers?: (config: C) => Readonly<Record<string, string>>;
  /** See `UpstreamOptions.internal`. */
  readonly internal?: boolean;
  /** See `UpstreamOptions.deadlineMs`. */
  readonly deadlineMs?: number;
}

@Global()
@Module({ providers: [UpstreamRegistry, Dependencies], exports: [UpstreamRegistry, Dependencies] })
export class UpstreamRegistryModule {}

/** Declares an upstream once; whoever needs it injects it by name. */
@Module({})
export class UpstreamModule {
  static register<C extends Readonly<Record<string, unknown>>>(
    declaration: UpstreamDeclaration<C>,
  ): DynamicModule {
    const { name, config, url, headers, internal = false, deadlineMs } = declaration;
    const provider: FactoryProvider<Upstream | undefined> = {
      provide: upstreamToken(name),
      inject: [
        config,
        UpstreamRegistry,
        { token: RESILIENCE_LOGGER, optional: true },
        { token: FAULT_POINTS, optional: true },
      ],
      useFactory: (
        given: C,
        registry: UpstreamRegistry,
        logger: ResilienceLogger | undefined,
        faultPoints: FaultPoints | undefined,
      ) => {
        const address = url(given);
        if (address === undefined) return undefined;
        const options: UpstreamOptions = {
          url: address,
          settings: upstreamSettings(name, given),
          ...(headers && { headers: headers(given) }),
          internal,
          ...(deadlineMs !== undefined && { deadlineMs }),
          onTransition: createTransitionListener(name, logger),
          faultPoints,
        };
        const upstream = createUpstream(name, options);
        registry.add(upstream);
        return upstream;
      },
    };
    return {
      module: UpstreamModule,
      global: true,
      imports: [UpstreamRegistryModule],
      providers: [provider],
      exports: [provider.provide],
    };
  }
}
