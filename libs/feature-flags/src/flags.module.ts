import { ConfigurableModuleBuilder, Global, Logger as NestLogger, Module } from '@nestjs/common';
import {
  FAULT_POINTS,
  type FaultPoints,
  HEALTH_INDICATORS,
  type HealthIndicators,
  type Logger,
  fromNestLogger,
} from '@film-store/core';
import type { FlagFeed } from './feed.ts';
import { FileFeed } from './file-feed.ts';
import { FlagEvaluator } from './flag-evaluator.ts';
import { Flags } from './flags.ts';
import { InProcessProvider } from './in-process-provider.ts';
import { type FlagsOptions, type FlagsOptionsInput, flagsOptions } from './options.ts';

export interface FeatureFlagsOptions extends FlagsOptionsInput {
  /** Logs losses, recoveries and changes of the definitions. @default Nest's logger */
  readonly logger?: Logger;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<FeatureFlagsOptions>()
  .setClassMethodName('forRoot')
  .build();

/** Provides `Flags` to every module of a service. */
@Global()
@Module({
  providers: [
    {
      provide: Flags,
      inject: [
        MODULE_OPTIONS_TOKEN,
        { token: HEALTH_INDICATORS, optional: true },
        { token: FAULT_POINTS, optional: true },
      ],
      useFactory: async (
        { logger = fromNestLogger(new NestLogger('Flags')), ...options }: FeatureFlagsOptions,
        health?: HealthIndicators,
        faultPoints?: FaultPoints,
      ): Promise<Flags> => {
        const feed = await createFeed(flagsOptions.parse(options));
        return new FlagEvaluator(new InProcessProvider(feed, logger), logger, health, faultPoints);
      },
    },
  ],
  exports: [Flags],
})
export class FeatureFlagsModule extends ConfigurableModuleClass {}

async function createFeed({ file, flagdHost, flagdPort }: FlagsOptions): Promise<FlagFeed> {
  if (flagdHost === undefined) return new FileFeed(file);
  // Imported only here, so an application that reads a file does not load gRPC.
  const { ServerFeed } = await import('./server-feed.ts');
  return new ServerFeed(flagdHost, flagdPort);
}
