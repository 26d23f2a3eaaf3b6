import 'reflect-metadata';
import type { Server } from 'node:http';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger, LoggerModule, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import { addOperatorRoutes } from '@film-store/core';
import type { FaultInjectionOptions } from '@film-store/fault-injection';
import { HealthModule } from '@film-store/health';
import {
  CloseError,
  type CloseFailure,
  createAdapter,
  drain,
  rejectOtherMethods,
  serveOpenApi,
  type Trust,
  withShutdownTimeout,
} from '@film-store/http-server';
import { OpsModule } from '@film-store/ops';
import { ProblemFilter, problemKinds, validationPipe } from '@film-store/problem';
import { RESILIENCE_LOGGER, UpstreamRegistryModule } from '@film-store/resilience';
import { startServerSeries } from '@film-store/telemetry';
import { CONFIG, type ConfigSchema, parseConfig, type ServiceConfig } from './config.ts';
import { registerPlugins } from './plugins.ts';
import { ReadinessTasks } from './readiness-tasks.ts';
import { createParts, type ServiceParts } from './service-parts.ts';
import { logUnsetToken } from './service-token.ts';

export interface ServiceDefinition<S extends ConfigSchema = ConfigSchema> {
  /** Name of the service in logs, metrics and traces. */
  readonly name: string;
  /** Schema of the environment variables, made with `serviceConfig`. */
  readonly config: S;
  /** Module of the application. */
  readonly module: Type;
  /** `public` ignores request ids, priorities and traces of callers, and sends security headers. @default `internal` */
  readonly trust?: Trust;
  /** Upstreams that are services of this platform: `/ops` joins their traces and their state to its own. */
  readonly peers?: readonly string[];
  // #region part: faults
  /** Faults that operators can begin by name, with `FAULTS_ENABLED`. */
  readonly scenarios?: FaultInjectionOptions['scenarios'];
  // #endregion part: faults
  /** Routes of operators in addition to `/health`, `/metrics`, `/ops` and `/docs`. See `addOperatorRoutes`. */
  readonly operatorRoutes?: readonly string[];
  /** Title and description of the OpenAPI document at `/docs`. @default no document */
  readonly docs?: { readonly title: string; readonly description: string };
}

export const defineService = <S extends ConfigSchema>(
  definition: ServiceDefinition<S>,
): ServiceDefinition<S> => definition;

export interface Service {
  readonly logger: Logger;
  /** Longest time for `stop`, in milliseconds. A longer stop is a defect. */
  readonly stopTimeoutMs: number;
  /**
   * Listens, runs the readiness tasks, and resolves with the URL when the service is ready.
   * @throws Error when it fails or is stopped meanwhile; call `stop` in this case too
   */
  start(): Promise<string>;
  /**
   * Makes the service not ready, waits, finishes the requests in flight, then closes all parts. May be called twice.
   * @throws CloseError when a part timed out or failed; the others are closed nevertheless
   */
  stop(): Promise<void>;
  /** Makes `stop` abort all requests in flight at once. */
  forceShutdown(): void;
}

/** The 5xx statuses of a service. */
const FAILURES = new Set(
  Object.values(problemKinds)
    .map(({ status }) => status)
    .filter((status) => status >= 500),
);

/** Longest time for one part of the service to close, and for all of them, in milliseconds. */
const CLOSE_PART_MS = 3000;
const CLOSE_ALL_MS = 8000;

/**
 * Creates a service around a module: with configuration, logs, request context, traces, validation, problems, health and
 * API documentation. Before `start`, it does not listen and uses neither disk nor network.
 * @throws ConfigError when a variable of `env` is invalid
 */
export async function createService<S extends ConfigSchema>(
  definition: ServiceDefinition<S>,
  env: NodeJS.ProcessEnv,
): Promise<Service> {
  const { name, module, docs, trust = 'internal', operatorRoutes = [] } = definition;
  addOperatorRoutes(['/docs', ...operatorRoutes]);
  const config: ServiceConfig = parseConfig(name, definition.config, env);
  const parts = createParts(name, trust, config);
  const { logger, phase, handlers } = parts;
  const adapter = createAdapter({ trust, early: parts.early });
  const fastify = adapter.getInstance();
  await registerPlugins(fastify, parts);
  const app = await NestFactory.create<NestFastifyApplication>(
    createRootModule(definition, parts),
    adapter,
    // `strictJsonPlugin` parses bodies. Nest would add a parser for forms.
    { bodyParser: false, bufferLogs: true, abortOnError: false },
  );
  app.useLogger(app.get(NestLogger));
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(validationPipe());

  const notClosed: CloseFailure[] = [];
  withShutdownTimeout(app, CLOSE_PART_MS, (failure) => {
    notClosed.push(failure);
    logCloseFailure(logger, failure);
  });
  const close = async (): Promise<void> => {
    await app.close();
    // Aborted requests are recorded when their sockets close, soon after the server.
    await parts.unrecorded.whenIdle();
    if (notClosed.length > 0) throw new CloseError(notClosed);
  };

  const force = new AbortController();
  const { DRAIN_WAIT_MS: waitMs, DRAIN_TIMEOUT_MS: timeoutMs } = config;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const server = adapter.getHttpServer<Server>();
    const forceShutdown = force.signal;
    try {
      await drain({ phase, waitMs, timeoutMs, forceShutdown, server, handlers, close, logger });
    } finally {
      parts.shedder.stop();
      // #region part: faults
      parts.faults?.end();
      // #endregion part: faults
    }
  };
  return {
    logger,
    stopTimeoutMs: waitMs + timeoutMs + CLOSE_ALL_MS,
    async start() {
      if (docs) await serveOpenApi(app, module, docs);
      await app.init();
      for (const [route, methods] of parts.routes) startServerSeries(route, methods, FAILURES);
      rejectOtherMethods(fastify, parts.routes);
      await app.listen(config.PORT, config.HOST);
      const url = await app.getUrl();
      logger.info({ event: 'service.listening', url }, `${name} listens on ${url}`);
      if (trust === 'internal') logUnsetToken(config, logger);
      await app.get(ReadinessTasks).run();
      phase.serve();
      logger.info({ event: 'service.ready' }, `${name} is ready to serve`);
      return url;
    },
    stop: () => (stopped ??= stop()),
    forceShutdown: () => force.abort(),
  };
}

@Global()
@Module({})
class RootModule {}

function createRootModule(definition: ServiceDefinition, parts: ServiceParts): DynamicModule {
  const { module, peers = [] } = definition;
  const { name, config, logger, shedder, phase, responseCounts } = parts;
  return {
    module: RootModule,
    imports: [
      // Without middleware: the mixin of the logger adds ids, and `requestRecordsPlugin` writes access lines.
      LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] }),
      HealthModule.register(phase),
      UpstreamRegistryModule,
      OpsModule.forRoot({
        service: name,
        adminToken: config.ADMIN_TOKEN,
        namespace: config.PLATFORM_NAMESPACE,
        peers,
        shedder,
        logger,
        setLogLevel(level) {
          // nestjs-pino logs through a child logger, which has its own level.
          logger.level = level;
          PinoLogger.root.level = level;
        },
        responseCounts,
        // #region part: faults
        faults: parts.faults && { faults: parts.faults, scenarios: definition.scenarios ?? {} },
        // #endregion part: faults
      }),
      module,
    ],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: RESILIENCE_LOGGER, useValue: logger },
      ReadinessTasks,
    ],
    exports: [CONFIG, RESILIENCE_LOGGER, ReadinessTasks],
  };
}

function logCloseFailure(logger: Logger, failure: CloseFailure): void {
  const { part } = failure;
  if (failure.kind === 'hung')
    logger.error(
      { event: 'shutdown.step_timed_out', part },
      `${part} did not end within ${CLOSE_PART_MS} ms`,
    );
  else logger.error({ event: 'shutdown.step_failed', part, err: failure.error }, `${part} failed`);
}
