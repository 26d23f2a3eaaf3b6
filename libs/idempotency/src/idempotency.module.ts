import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { PinoLogger } from 'nestjs-pino';
import { IDEMPOTENCY_OPTIONS } from './idempotency.interceptor.ts';
import { Idempotency, type IdempotencyOptions } from './idempotency.ts';
import { RefuseStreams } from './refuse-streams.ts';

/** Makes `@Idempotent()` work in every module of a service. */
@Module({})
export class IdempotencyModule {
  static register(
    options: Pick<FactoryProvider<IdempotencyOptions>, 'inject' | 'useFactory'>,
  ): DynamicModule {
    return {
      module: IdempotencyModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: IDEMPOTENCY_OPTIONS, ...options },
        {
          provide: Idempotency,
          inject: [IDEMPOTENCY_OPTIONS, PinoLogger],
          useFactory: (given: IdempotencyOptions, logger: PinoLogger) => new Idempotency(given, logger),
        },
        RefuseStreams,
      ],
      exports: [IDEMPOTENCY_OPTIONS, Idempotency],
    };
  }
}
