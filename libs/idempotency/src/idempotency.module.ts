import { ConfigurableModuleBuilder, Global, Logger, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { fromNestLogger } from '@film-store/core';
import { HideKeys } from './hide-keys.ts';
import { Idempotency } from './idempotency.ts';
import { IDEMPOTENCY_OPTIONS, type IdempotencyOptions, checkOptions } from './options.ts';
import { RefuseStreams } from './refuse-streams.ts';

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<IdempotencyOptions>({
  optionsInjectionToken: IDEMPOTENCY_OPTIONS,
})
  .setClassMethodName('forRoot')
  .build();

/** Provides what `@Idempotent()` needs in every module. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: Idempotency,
      inject: [IDEMPOTENCY_OPTIONS],
      useFactory: (options: IdempotencyOptions) => {
        checkOptions(options);
        return new Idempotency(options, options.logger ?? fromNestLogger(new Logger('Idempotency')));
      },
    },
    HideKeys,
    RefuseStreams,
  ],
  exports: [IDEMPOTENCY_OPTIONS, Idempotency],
})
export class IdempotencyModule extends ConfigurableModuleClass {}
