import { endLog, logTelemetryTo, stopTelemetry } from '@film-store/telemetry';
import { ConfigError, redactConfig } from '@film-store/config';
import { type ConfigSchema, parseConfig } from './config.ts';
import { type Service, type ServiceDefinition, createService } from './service.ts';
import { settlesWithin } from '@film-store/core';

/** `EX_CONFIG` of sysexits.h: starting again with the same environment is no use. */
const EXIT_CONFIG = 78;
/** Longest time to send what telemetry still has, and to write what the log still has, in milliseconds. */
const FLUSH_MS = 3000;

/**
 * Runs a service as this process, from its environment until a signal: exits 0 after an orderly stop, 78 when the
 * configuration is not valid, 1 when it failed. With `--print-config` it only prints its effective settings.
 */
export async function runService<S extends ConfigSchema>(definition: ServiceDefinition<S>): Promise<void> {
  try {
    if (process.argv.includes('--print-config')) return printConfig(definition);
    run(await createService(definition, process.env));
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : describe(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

function printConfig({ name, config }: ServiceDefinition): void {
  const settings = redactConfig(config, parseConfig(name, config, process.env));
  process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
}

/** The first signal stops in order, a second one in a hurry. What nobody caught stops it in order too, as a failure. */
function run(service: Service): void {
  const { logger } = service;
  logTelemetryTo(logger);
  let stopping = false;
  let exitCode = 0;

  const stop = (reason: string): void => {
    stopping = true;
    logger.info({ event: 'shutdown.started', reason }, `stopping: ${reason}`);
    void stopWithin(service).then((inOrder) => exit(service, inOrder ? exitCode : 1));
  };
  const stopOrForce = (reason: string): void => {
    if (!stopping) return stop(reason);
    logger.info({ event: 'shutdown.forced', reason }, `hurrying: ${reason}`);
    service.forceShutdown();
  };
  const fail = (fields: { event: string; err: unknown }, message: string): void => {
    exitCode = 1;
    logger.fatal(fields, message);
    if (!stopping) stop(message);
  };

  process.on('SIGTERM', () => stopOrForce('SIGTERM'));
  process.on('SIGINT', () => stopOrForce('SIGINT'));
  process.on('uncaughtException', (err) => fail({ event: 'service.crashed', err }, 'uncaught error'));
  process.on('unhandledRejection', (err) => fail({ event: 'service.crashed', err }, 'uncaught error'));
  // A supervisor that went away without a word leaves no orphan.
  process.on('disconnect', () => stopOrForce('supervisor gone'));
  // It may have gone while the modules were loaded; without a supervisor there is no channel at all.
  if (process.channel === null) stop('supervisor gone');

  service.start().then(collectOnce, (err: unknown) => {
    // What is stopped while it starts does not start.
    if (!stopping) fail({ event: 'startup.failed', err }, 'could not start');
  });
}

/** Loading modules has grown the heap, and without load nothing would give that back. Needs `--expose-gc`. */
function collectOnce(): void {
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
}

/** Whether all was closed in order. */
async function stopWithin(service: Service): Promise<boolean> {
  const { logger, stopBoundMs } = service;
  let inOrder = true;
  const stopped = service.stop().catch((err: unknown) => {
    logger.error({ event: 'shutdown.failed', err }, 'did not stop in order');
    inOrder = false;
  });
  if (!(await settlesWithin(stopBoundMs, stopped))) {
    const open = process.getActiveResourcesInfo();
    logger.error({ event: 'shutdown.timed_out', open }, `did not stop within ${stopBoundMs} ms`);
    inOrder = false;
  }
  if (!(await settlesWithin(FLUSH_MS, stopTelemetry()))) {
    logger.error({ event: 'telemetry.flush_timed_out' }, `telemetry was not sent within ${FLUSH_MS} ms`);
  }
  return inOrder;
}

/** Not by Node's own exit where the log has no reader: that would wait for one, for ever. */
async function exit({ logger }: Service, code: number): Promise<void> {
  if (await settlesWithin(FLUSH_MS, endLog(logger))) process.exit(code);
  process.kill(process.pid, 'SIGKILL');
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
