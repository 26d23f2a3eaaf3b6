import 'reflect-metadata';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger, LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { HealthModule } from '#libs/health';
import { type Inbound, type Shedding, createInbound, overloadSettings } from '#libs/overload';
import { UpstreamRegistryModule, systemClock } from '#libs/resilience';
import { createLogger } from '#libs/telemetry';
import { addAdmissionHooks } from './admission.ts';
import { CONFIG, type ConfigSchema, parseConfig } from './config.ts';
import { addDegradedHook } from './degraded-hook.ts';
import { acceptStrictJsonOnly, createAdapter } from './fastify.ts';
import { trackMethods } from './method-not-allowed.ts';
import { serveOpenApi } from './openapi.ts';
import { INBOUND, OpsController } from './ops.controller.ts';
import { ProblemFilter } from './problem.filter.ts';
import { addRequestHooks, endConnectionsOnClose } from './request-hooks.ts';
import { validationPipe } from './validation.ts';

export interface ServiceDefinition<S extends ConfigSchema = ConfigSchema> {
  readonly name: string;
  readonly config: S;
  readonly module: Type;
  /** Whether strangers call it: their request ids and traces are then not taken over. */
  readonly edge?: boolean;
  /** Serves the OpenAPI document at `/docs`. */
  readonly docs?: { readonly title: string; readonly description: string };
}

export const defineService = <S extends ConfigSchema>(
  definition: ServiceDefinition<S>,
): ServiceDefinition<S> => definition;

export interface Service {
  readonly logger: Logger;
  /** Prepares what the service needs, listens, and resolves with the address. */
  start(): Promise<string>;
  /** Finishes what is in flight, closes what was opened. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Puts a service together: configuration, logging, request context and tracing, validation, problems, health and
 * API documentation around the service's own module. Nothing listens, or touches a disk or network, before `start`.
 * @throws ConfigError when `env` does not fit
 */
export async function createService<S extends ConfigSchema>(
  definition: ServiceDefinition<S>,
  env: NodeJS.ProcessEnv,
): Promise<Service> {
  const config: z.infer<ConfigSchema> = parseConfig(definition.name, definition.config, env);
  const { edge = false } = definition;
  const logger = createLogger(definition.name, config.LOG_LEVEL);
  const adapter = createAdapter({ edge, logger });
  const fastify = adapter.getInstance();
  acceptStrictJsonOnly(fastify);
  const inbound = createInbound(overloadSettings(config), {
    clock: systemClock,
    random: Math.random,
    onShedding: (shedding) => logShedding(logger, shedding),
  });
  if (inbound.admission)
    addAdmissionHooks(fastify, { admission: inbound.admission, edge, random: Math.random });
  addRequestHooks(fastify, { edge, logger });
  addDegradedHook(fastify);
  endConnectionsOnClose(fastify);
  const refuseOtherMethods = trackMethods(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule(definition.module, config, logger, inbound),
    adapter,
    {
      // Fastify's own JSON parser serves; Nest would add one for forms.
      bodyParser: false,
      bufferLogs: true,
      abortOnError: false,
    },
  );
  app.useLogger(app.get(NestLogger));
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(validationPipe());

  let stopped: Promise<void> | undefined;
  return {
    logger,
    async start() {
      if (definition.docs) await serveOpenApi(app, definition.module, definition.docs);
      await app.init();
      refuseOtherMethods();
      await app.listen(config.PORT, config.HOST);
      const url = await app.getUrl();
      logger.info({ event: 'service.listening', url }, `${definition.name} listens on ${url}`);
      return url;
    },
    stop: () => (stopped ??= app.close().finally(() => inbound.stop())),
  };
}

@Global()
@Module({})
class RootModule {}

function rootModule(module: Type, config: unknown, logger: Logger, inbound: Inbound): DynamicModule {
  return {
    module: RootModule,
    imports: [
      // No middleware of its own: ids come from the request's context, the access line from a Fastify hook.
      LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] }),
      HealthModule,
      UpstreamRegistryModule,
      module,
    ],
    controllers: [OpsController],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: INBOUND, useValue: inbound },
    ],
    exports: [CONFIG],
  };
}

/** Overload is told once at its beginning and once at its end: a line for each refusal would be more overload. */
function logShedding(logger: Logger, shedding: Shedding): void {
  switch (shedding.event) {
    case 'began':
      logger.warn({ event: 'overload.began' }, 'too much to do, requests are refused');
      return;
    case 'ended':
      logger.info({ event: 'overload.ended', refused: shedding.refused }, 'no more requests are refused');
      return;
    default:
      shedding satisfies never;
  }
}
