import { endLog, logTelemetryTo, stopTelemetry } from '@film-store/telemetry';
import { ConfigError, redactConfig } from '@film-store/config';
import { settlesWithin, systemClock, watchEventLoop } from '@film-store/core';
import { type ConfigSchema, parseConfig } from './config.ts';
import { type Service, type ServiceDefinition, createService } from './service.ts';
import { collectStartupGarbage } from './startup-garbage.ts';

/** `EX_CONFIG` of sysexits.h: a restart with the same environment fails again. */
const EXIT_CONFIG = 78;
/** Longest time to export the remaining telemetry, and to write the remaining log, in milliseconds. */
const FLUSH_MS = 3000;

/**
 * Runs a service as this process until a signal. Exits 0 after an orderly stop, 78 for an invalid configuration, and 1
 * after a failure. With `--print-config` it only prints the effective settings.
 */
export async function runService<S extends ConfigSchema>(definition: ServiceDefinition<S>): Promise<void> {
  const { name, config } = definition;
  try {
    if (process.argv.includes('--print-config')) {
      const settings = redactConfig(config, parseConfig(name, config, process.env));
      process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
    } else run(await createService(definition, process.env));
  } catch (error) {
    const isConfigError = error instanceof ConfigError;
    const details = error instanceof Error && !isConfigError ? error.stack : undefined;
    process.stderr.write(`${details ?? (error instanceof Error ? error.message : String(error))}\n`);
    process.exit(isConfigError ? EXIT_CONFIG : 1);
  }
}

/** The first signal stops the service, a second one forces the shutdown. An uncaught error stops it as a failure. */
function run(service: Service): void {
  const { logger } = service;
  logTelemetryTo(logger);
  let stopping = false;
  let exitCode = 0;

  const stop = (reason: string): void => {
    stopping = true;
    logger.info({ event: 'shutdown.started', reason }, `stopping: ${reason}`);
    void stopAndFlush(service).then((inOrder) => exit(service, inOrder ? exitCode : 1));
  };
  const stopOrForce = (reason: string): void => {
    if (!stopping) return stop(reason);
    logger.info({ event: 'shutdown.forced', reason }, `forced shutdown: ${reason}`);
    service.forceShutdown();
  };
  const fail = (line: { readonly event: string; readonly err: unknown }, message: string): void => {
    exitCode = 1;
    logger.fatal(line, message);
    if (!stopping) stop(message);
  };
  const crash = (err: unknown): void => fail({ event: 'service.crashed', err }, 'uncaught error');

  process.on('SIGTERM', () => stopOrForce('SIGTERM'));
  process.on('SIGINT', () => stopOrForce('SIGINT'));
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  // Without this, a supervisor that dies leaves an orphan process.
  process.on('disconnect', () => stopOrForce('the supervisor has exited'));
  // It may have exited while the modules were loaded. Without a supervisor `channel` is undefined.
  if (process.channel === null) stop('the supervisor has exited');

  service.start().then(
    () => collectStartupGarbage({ collect, eventLoop: watchEventLoop(), clock: systemClock }),
    (err: unknown) => {
      // A stop during the start makes the start fail.
      if (!stopping) fail({ event: 'startup.failed', err }, 'the service could not start');
    },
  );
}

/** Needs `--expose-gc`. */
const collect = (): void => globalThis.gc?.({ type: 'major', flavor: 'last-resort' });

/** Returns whether all parts were closed in time. */
async function stopAndFlush(service: Service): Promise<boolean> {
  let inOrder = true;
  const { logger, stopTimeoutMs } = service;
  const stopped = service.stop().catch((err: unknown) => {
    logger.error({ event: 'shutdown.failed', err }, 'the shutdown failed');
    inOrder = false;
  });
  if (!(await settlesWithin(stopTimeoutMs, stopped))) {
    const open = process.getActiveResourcesInfo();
    logger.error({ event: 'shutdown.timed_out', open }, `did not stop within ${stopTimeoutMs} ms`);
    inOrder = false;
  }
  if (!(await settlesWithin(FLUSH_MS, stopTelemetry())))
    logger.error({ event: 'telemetry.flush_timed_out' }, `telemetry was not sent within ${FLUSH_MS} ms`);
  return inOrder;
}

/** Kills the process if the log has no reader: an exit of Node would wait for one forever. */
async function exit({ logger }: Service, code: number): Promise<void> {
  if (await settlesWithin(FLUSH_MS, endLog(logger))) process.exit(code);
  process.kill(process.pid, 'SIGKILL');
}
