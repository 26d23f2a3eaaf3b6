import 'reflect-metadata';
import type { Server } from 'node:http';
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger as NestLogger, LoggerModule, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { addOperatorRoutes, LifecycleState, systemClock } from '@film-store/core';
import { type ActiveFaults, createFaults, type FaultInjectionOptions } from '@film-store/fault-injection';
import { HealthModule } from '@film-store/health';
import {
  CloseError,
  type CloseFailure,
  createAdapter,
  drain,
  InFlightHandlers,
  rejectOtherMethods,
  type Routes,
  serveOpenApi,
  type Trust,
  withShutdownTimeout,
} from '@film-store/http-server';
import { createLoadShedder, type LoadShedder } from '@film-store/load-shedding';
import { ResponseCounts, OpsModule } from '@film-store/ops';
import { ProblemFilter, problemKinds, validationPipe } from '@film-store/problem';
import { RESILIENCE_LOGGER, UpstreamRegistryModule } from '@film-store/resilience';
import { createLogger, startServerSeries } from '@film-store/telemetry';
import { CONFIG, type ConfigSchema, parseConfig, type ServiceConfig } from './config.ts';
import { toLoadSheddingOptions } from './environment.ts';
import { registerPlugins } from './plugins.ts';
import { ReadinessTasks } from './readiness-tasks.ts';
import { logIfOpen } from './service-token.ts';

export interface ServiceDefinition<S extends ConfigSchema = ConfigSchema> {
  readonly name: string;
  readonly config: S;
  readonly module: Type;
  /** `public`: request ids, priorities and traces of its callers are not taken over. @default 'internal' */
  readonly trust?: Trust;
  /** The upstreams that are services of this platform: `/ops` joins their traces and their state to its own. */
  readonly peers?: readonly string[];
  /** Failures that operators can begin by name, where `FAULTS_ENABLED` is set. */
  readonly scenarios?: FaultInjectionOptions['scenarios'];
  /** Routes of operators in addition to `/health`, `/metrics`, `/ops` and `/docs`. See `addOperatorRoutes`. */
  readonly operatorRoutes?: readonly string[];
  /** Serves the OpenAPI document at `/docs`. */
  readonly docs?: { readonly title: string; readonly description: string };
}

export const defineService = <S extends ConfigSchema>(
  definition: ServiceDefinition<S>,
): ServiceDefinition<S> => definition;

export interface Service {
  readonly logger: Logger;
  /** Longest time that `stop` may take before something is wrong, in milliseconds. */
  readonly stopBoundMs: number;
  /**
   * Listens, prepares what the service needs, and resolves with the address once it is ready.
   * @throws Error when it cannot, or is stopped meanwhile; it has to be stopped all the same
   */
  start(): Promise<string>;
  /**
   * Says that it is not ready, waits, finishes what is in flight, closes what was opened. Safe to call twice.
   * @throws CloseError when a part of the service hung or failed; the others are closed all the same
   */
  stop(): Promise<void>;
  /** Makes `stop` wait for nothing more that is in flight. */
  forceShutdown(): void;
}

/** Every status of a failure that a service responds with. */
const FAILURES = new Set(
  Object.values(problemKinds)
    .map(({ status }) => status)
    .filter((status) => status >= 500),
);

/** Longest time for one part of the service to close, and for all of them, in milliseconds. */
const CLOSE_PART_MS = 3000;
const CLOSE_ALL_MS = 8000;

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
  const { name, trust = 'internal', operatorRoutes = [] } = definition;
  addOperatorRoutes(['/docs', ...operatorRoutes]);
  const logger = createLogger(name, config.LOG_LEVEL);
  const phase = new LifecycleState();
  const responseCounts = new ResponseCounts();
  const unrecorded = new InFlightHandlers();
  const handlers = new InFlightHandlers();
  const routes: Routes = new Map();
  const shedder = createLoadShedder({
    ...toLoadSheddingOptions(config),
    logger,
  });
  const faults =
    config.FAULTS_ENABLED === 'true'
      ? createFaults({
          service: name,
          logger,
          clock: systemClock,
          isExempt: (path) => path.startsWith('/ops/'),
        })
      : undefined;

  const adapter = createAdapter({ trust, logger });
  const fastify = adapter.getInstance();
  await registerPlugins(fastify, {
    service: name,
    trust,
    config,
    logger,
    phase,
    responseCounts,
    unrecorded,
    handlers,
    routes,
    shedder,
    faults,
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule(definition, { config, logger, shedder, phase, responseCounts, faults }),
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

  const notClosed: CloseFailure[] = [];
  withShutdownTimeout(app, CLOSE_PART_MS, (failure) => {
    notClosed.push(failure);
    logCloseFailure(logger, failure);
  });
  const close = async (): Promise<void> => {
    await app.close();
    // Requests that were cut off are recorded when their sockets have closed, soon after the server has.
    await unrecorded.whenIdle();
    if (notClosed.length > 0) throw new CloseError(notClosed);
  };

  const force = new AbortController();
  const { DRAIN_WAIT_MS: waitMs, DRAIN_TIMEOUT_MS: timeoutMs } = config;
  let stopped: Promise<void> | undefined;
  return {
    logger,
    stopBoundMs: waitMs + timeoutMs + CLOSE_ALL_MS,
    async start() {
      if (definition.docs) await serveOpenApi(app, definition.module, definition.docs);
      await app.init();
      for (const [route, methods] of routes) startServerSeries(route, methods, FAILURES);
      rejectOtherMethods(fastify, routes);
      await app.listen(config.PORT, config.HOST);
      const url = await app.getUrl();
      logger.info({ event: 'service.listening', url }, `${definition.name} listens on ${url}`);
      if (trust === 'internal') logIfOpen(config, logger);
      await app.get(ReadinessTasks).run();
      phase.serve();
      logger.info({ event: 'service.ready' }, `${definition.name} is ready to serve`);
      return url;
    },
    stop: () =>
      (stopped ??= drain({
        phase,
        waitMs,
        timeoutMs,
        forceShutdown: force.signal,
        server: adapter.getHttpServer<Server>(),
        handlers,
        close,
        logger,
      }).finally(() => {
        shedder.stop();
        faults?.end();
      })),
    forceShutdown: () => force.abort(),
  };
}

@Global()
@Module({})
class RootModule {}

interface RootOptions {
  readonly config: Pick<ServiceConfig, 'ADMIN_TOKEN'>;
  readonly logger: Logger;
  readonly shedder: LoadShedder;
  readonly phase: LifecycleState;
  readonly responseCounts: ResponseCounts;
  /** Absent: nothing of them is in the way of any request. */
  readonly faults: ActiveFaults | undefined;
}

function rootModule(
  { name, module, peers = [], scenarios = {} }: ServiceDefinition,
  { config, logger, shedder, phase, responseCounts, faults }: RootOptions,
): DynamicModule {
  return {
    module: RootModule,
    imports: [
      // No middleware of its own: ids come from the request's context, the access line from a Fastify hook.
      LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] }),
      HealthModule.register(phase),
      UpstreamRegistryModule,
      OpsModule.forRoot({
        service: name,
        adminToken: config.ADMIN_TOKEN,
        peers,
        shedder,
        logger,
        setLogLevel(level) {
          // nestjs-pino logs through a child, which has a level of its own.
          logger.level = level;
          PinoLogger.root.level = level;
        },
        responseCounts,
        faults: faults && { faults, scenarios },
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
  switch (failure.kind) {
    case 'hung':
      logger.error(
        { event: 'shutdown.step_timed_out', part },
        `${part} did not end within ${CLOSE_PART_MS} ms`,
      );
      return;
    case 'failed':
      logger.error({ event: 'shutdown.step_failed', part, err: failure.error }, `${part} failed`);
      return;
    default:
      failure satisfies never;
  }
}
