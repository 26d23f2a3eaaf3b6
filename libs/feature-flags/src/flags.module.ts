import { ConfigurableModuleBuilder, Global, Module } from '@nestjs/common';
import type { Logger } from '@openfeature/server-sdk';
import { PinoLogger } from 'nestjs-pino';
import type { FlagFeed } from './feed.ts';
import { FileFeed } from './file-feed.ts';
import { Flags } from './flags.ts';
import { InProcessProvider } from './in-process-provider.ts';
import { type FlagsOptions, type FlagsOptionsInput, flagsOptions } from './options.ts';

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<FlagsOptionsInput>()
  .setClassMethodName('forRoot')
  .build();

/** Gives a service its `Flags`. */
@Global()
@Module({
  providers: [
    {
      provide: InProcessProvider,
      inject: [MODULE_OPTIONS_TOKEN, PinoLogger],
      useFactory: async (options: FlagsOptionsInput, logger: PinoLogger) =>
        new InProcessProvider(await createFeed(flagsOptions.parse(options)), toOpenFeature(logger)),
    },
    Flags,
  ],
  exports: [Flags],
})
export class FlagsModule extends ConfigurableModuleClass {}

async function createFeed({ file, flagdHost, flagdPort }: FlagsOptions): Promise<FlagFeed> {
  if (flagdHost === undefined) return new FileFeed(file);
  // Imported only here: an application that reads the flags from a file need not load gRPC.
  const { ServerFeed } = await import('./server-feed.ts');
  return new ServerFeed(flagdHost, flagdPort);
}

function toOpenFeature(logger: PinoLogger): Logger {
  const at =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (...words: unknown[]): void =>
      logger[level]({ event: 'flags.openfeature' }, words.map(String).join(' '));
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
