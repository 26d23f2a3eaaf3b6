import type { IncomingMessage } from 'node:http';
import { ConfigurableModuleBuilder, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { createLoadShedder } from './create-load-shedder.ts';
import type { LoadShedder } from './load-shedder.ts';
import { loadSheddingPlugin } from './load-shedding.plugin.ts';
import type { ServerOptions } from './options.ts';
import { createShedLoadMiddleware } from './shed-load.ts';

export const LOAD_SHEDDER = Symbol.for('@film-store/load-shedding');

/** The common part of a request of Fastify and of Express. */
export type HttpRequest = Readonly<Pick<IncomingMessage, 'method' | 'url' | 'headers'>>;

export type LoadSheddingModuleOptions = ServerOptions<HttpRequest>;

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<LoadSheddingModuleOptions>({ moduleName: 'LoadShedding' })
    .setClassMethodName('forRoot')
    .build();

/** Sheds load in front of all routes of a Nest application, on Fastify or Express. */
@Module({
  providers: [
    {
      provide: LOAD_SHEDDER,
      inject: [MODULE_OPTIONS_TOKEN, HttpAdapterHost],
      // Nest creates providers before it adds body parsers and routes, so every request passes here first.
      useFactory: async (options: LoadSheddingModuleOptions, { httpAdapter }: HttpAdapterHost) => {
        const shedder = options.shedder ?? createLoadShedder(options);
        if (httpAdapter.getType() === 'fastify')
          await httpAdapter
            .getInstance<FastifyInstance>()
            .register(loadSheddingPlugin, { ...options, shedder });
        else httpAdapter.use(createShedLoadMiddleware({ ...options, shedder }));
        return shedder;
      },
    },
  ],
  exports: [LOAD_SHEDDER],
})
export class LoadSheddingModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(
    @Inject(LOAD_SHEDDER) private readonly shedder: LoadShedder,
    @Inject(MODULE_OPTIONS_TOKEN) private readonly options: LoadSheddingModuleOptions,
  ) {
    super();
  }

  /** Stops the shedder that the module created. A shedder in the options belongs to the application. */
  onApplicationShutdown(): void {
    if (!this.options.shedder) this.shedder.stop();
  }
}
