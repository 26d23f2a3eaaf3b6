import { ConfigurableModuleBuilder, Global, Logger as NestLogger, Module } from '@nestjs/common';
import { type Logger, fromNestLogger } from '@film-store/core';
import type { Logger as OpenFeatureLogger } from '@openfeature/server-sdk';
import type { FlagFeed } from './feed.ts';
import { FileFeed } from './file-feed.ts';
import { FLAGS_LOGGER, Flags } from './flags.ts';
import { InProcessProvider } from './in-process-provider.ts';
import { type FlagsOptions, type FlagsOptionsInput, flagsOptions } from './options.ts';

export interface FeatureFlagsOptions extends FlagsOptionsInput {
  /** Receives what is logged of the flags. @default Nest's logger */
  readonly logger?: Logger;
}

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<FeatureFlagsOptions>()
  .setClassMethodName('forRoot')
  .build();

/** Gives a service its `Flags`. */
@Global()
@Module({
  providers: [
    {
      provide: FLAGS_LOGGER,
      inject: [MODULE_OPTIONS_TOKEN],
      useFactory: ({ logger = fromNestLogger(new NestLogger('Flags')) }: FeatureFlagsOptions) => logger,
    },
    {
      provide: InProcessProvider,
      inject: [MODULE_OPTIONS_TOKEN, FLAGS_LOGGER],
      useFactory: async ({ logger: _, ...options }: FeatureFlagsOptions, logger: Logger) =>
        new InProcessProvider(await createFeed(flagsOptions.parse(options)), toOpenFeature(logger)),
    },
    Flags,
  ],
  exports: [Flags],
})
export class FeatureFlagsModule extends ConfigurableModuleClass {}

async function createFeed({ file, flagdHost, flagdPort }: FlagsOptions): Promise<FlagFeed> {
  if (flagdHost === undefined) return new FileFeed(file);
  // Imported only here: an application that reads the flags from a file need not load gRPC.
  const { ServerFeed } = await import('./server-feed.ts');
  return new ServerFeed(flagdHost, flagdPort);
}

function toOpenFeature(logger: Logger): OpenFeatureLogger {
  const at =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (...words: unknown[]): void =>
      logger[level]({ event: 'flags.provider_log' }, words.map(String).join(' '));
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
