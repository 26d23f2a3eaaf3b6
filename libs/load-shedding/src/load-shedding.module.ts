import { ConfigurableModuleBuilder, Module, type OnApplicationShutdown, Inject } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { createLoadShedder } from './create-load-shedder.ts';
import type { LoadShedder } from './load-shedder.ts';
import { loadSheddingPlugin, type LoadSheddingPluginOptions } from './load-shedding.plugin.ts';

/** Injects the `LoadShedder` of the application. */
export const LOAD_SHEDDER = Symbol.for('@film-store/load-shedding');

const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<LoadSheddingPluginOptions>({ moduleName: 'LoadShedding' })
    .setClassMethodName('forRoot')
    .build();

/** Sheds load in front of all routes of a Nest application on Fastify. On Express, use `createShedLoadMiddleware`. */
@Module({
  providers: [
    {
      provide: LOAD_SHEDDER,
      inject: [MODULE_OPTIONS_TOKEN, HttpAdapterHost],
      // Nest waits for providers before it adds routes, so the plugin's hooks are there in time.
      useFactory: async (options: LoadSheddingPluginOptions, { httpAdapter }: HttpAdapterHost) => {
        if (httpAdapter.getType() !== 'fastify')
          throw new Error('LoadSheddingModule needs the Fastify adapter: use createShedLoadMiddleware');
        const shedder = options.shedder ?? createLoadShedder(options);
        await httpAdapter
          .getInstance<FastifyInstance>()
          .register(loadSheddingPlugin, { ...options, shedder });
        return shedder;
      },
    },
  ],
  exports: [LOAD_SHEDDER],
})
export class LoadSheddingModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  constructor(@Inject(LOAD_SHEDDER) private readonly shedder: LoadShedder) {
    super();
  }

  onApplicationShutdown(): void {
    this.shedder.stop();
  }
}
