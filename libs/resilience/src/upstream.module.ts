import { type DynamicModule, type FactoryProvider, Global, Inject, Module } from '@nestjs/common';
import { FAULT_POINTS, type FaultPoints } from '@film-store/core';
import { RESILIENCE_LOGGER, type ResilienceLogger, createTransitionListener } from './breaker-transitions.ts';
import { type UpstreamOptions, createUpstream } from './http-upstream.ts';
import { PolicyExecutors, UpstreamRegistry } from './upstream.registry.ts';

/** Returns the injection token of the upstream that was registered under `name`. */
export const upstreamToken = (name: string): symbol => Symbol.for(`@film-store/resilience/upstream/${name}`);

/** Injects the upstream that was registered under `name`. */
export const InjectUpstream = (name: string): ParameterDecorator => Inject(upstreamToken(name));

/** The module logs transitions and injects the fault points. */
export type UpstreamModuleOptions = Omit<UpstreamOptions, 'onTransition' | 'faultPoints'>;

export interface UpstreamModuleAsyncOptions<Args extends unknown[]> {
  readonly name: string;
  readonly imports?: DynamicModule['imports'];
  readonly inject?: FactoryProvider['inject'];
  /** Returns `undefined` if the application runs without this upstream. Then `undefined` is injected too. */
  readonly useFactory: (...args: Args) => UpstreamModuleOptions | undefined;
}

@Global()
@Module({ providers: [UpstreamRegistry, PolicyExecutors], exports: [UpstreamRegistry, PolicyExecutors] })
export class UpstreamRegistryModule {}

/** Registers an upstream once, for every module that injects it by name. */
@Module({})
export class UpstreamModule {
  static register(name: string, options: UpstreamModuleOptions): DynamicModule {
    return UpstreamModule.registerAsync({ name, useFactory: () => options });
  }

  static registerAsync<Args extends unknown[]>(options: UpstreamModuleAsyncOptions<Args>): DynamicModule {
    const { name, imports = [], inject = [], useFactory } = options;
    const provider: FactoryProvider = {
      provide: upstreamToken(name),
      inject: [
        UpstreamRegistry,
        { token: RESILIENCE_LOGGER, optional: true },
        { token: FAULT_POINTS, optional: true },
        ...inject,
      ],
      useFactory: (
        registry: UpstreamRegistry,
        logger: ResilienceLogger | undefined,
        faultPoints: FaultPoints | undefined,
        ...args: Args
      ) => {
        const options = useFactory(...args);
        if (options === undefined) return undefined;
        const onTransition = createTransitionListener(name, logger);
        const upstream = createUpstream(name, { ...options, onTransition, faultPoints });
        registry.add(upstream);
        return upstream;
      },
    };
    return {
      module: UpstreamModule,
      global: true,
      imports: [UpstreamRegistryModule, ...imports],
      providers: [provider],
      exports: [provider.provide],
    };
  }
}
