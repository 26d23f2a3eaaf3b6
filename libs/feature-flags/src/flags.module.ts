import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import type { Logger } from '@openfeature/server-sdk';
import { PinoLogger } from 'nestjs-pino';
import type { FlagFeed } from './feed.ts';
import { FileFeed } from './file-feed.ts';
import type { FlagsConfig } from './flags.config.ts';
import { Flags } from './flags.ts';
import { InProcessProvider } from './in-process-provider.ts';

export interface FlagsOptions {
  /** The token of the service's configuration, which `flagsConfig` is a part of. */
  readonly config: FactoryProvider['provide'];
}

/** Gives a service its `Flags`. */
@Module({})
export class FlagsModule {
  static register({ config }: FlagsOptions): DynamicModule {
    const provider: FactoryProvider<InProcessProvider> = {
      provide: InProcessProvider,
      inject: [config, PinoLogger],
      useFactory: async (given: FlagsConfig, logger: PinoLogger) =>
        new InProcessProvider(await feedOf(given), toOpenFeature(logger)),
    };
    return { module: FlagsModule, global: true, providers: [provider, Flags], exports: [Flags] };
  }
}

async function feedOf({ FLAGS_FILE, FLAGD_HOST, FLAGD_PORT }: FlagsConfig): Promise<FlagFeed> {
  if (FLAGD_HOST === undefined) return new FileFeed(FLAGS_FILE);
  // Only here: who takes flags from a file need not load gRPC.
  const { ServerFeed } = await import('./server-feed.ts');
  return new ServerFeed(FLAGD_HOST, FLAGD_PORT);
}

function toOpenFeature(logger: PinoLogger): Logger {
  const at =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (...words: unknown[]): void =>
      logger[level]({ event: 'flags.openfeature' }, words.map(String).join(' '));
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
