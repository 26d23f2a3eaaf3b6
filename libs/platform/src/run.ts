import { stopTelemetry } from '#libs/telemetry';
import { ConfigError, type ConfigSchema, parseConfig, redactConfig } from './config.ts';
import { type Service, type ServiceDefinition, createService } from './service.ts';

/** `EX_CONFIG` of sysexits.h: starting again with the same environment is no use. */
const EXIT_CONFIG = 78;

/**
 * Runs a service as this process, from its environment until a signal: exits 0 after an orderly stop, 78 when the
 * configuration is not valid, 1 when it failed. With `--print-config` it only prints its effective settings.
 */
export async function runService<S extends ConfigSchema>(definition: ServiceDefinition<S>): Promise<void> {
  try {
    if (process.argv.includes('--print-config')) return printConfig(definition);
    const service = await createService(definition, process.env);
    stopOnSignals(service);
    await service.start();
    // Loading modules has grown the heap, and without load nothing would give that back. Absent without `--expose-gc`.
    globalThis.gc?.({ type: 'major', flavor: 'last-resort' });
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : describe(error)}\n`);
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
  }
}

function printConfig({ name, config }: ServiceDefinition): void {
  const settings = redactConfig(config, parseConfig(name, config, process.env));
  process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
}

/** The first signal stops in order, a second one at once. */
function stopOnSignals(service: Service): void {
  let stopping = false;
  const stop = (reason: string, exitCode: number): void => {
    if (stopping) process.exit(1);
    stopping = true;
    service.logger.info({ event: 'service.stopping', reason }, `stopping: ${reason}`);
    void service
      .stop()
      .catch((err: unknown) => {
        service.logger.error({ event: 'service.stop-failed', err }, 'did not stop in order');
        exitCode = 1;
      })
      .then(stopTelemetry)
      .finally(() => process.exit(exitCode));
  };
  const crash = (err: unknown): void => {
    service.logger.fatal({ event: 'service.crashed', err }, 'uncaught error');
    stop('uncaught error', 1);
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // A supervisor that went away without a word leaves no orphan.
  process.on('disconnect', () => stop('supervisor gone', 0));
  // It may have gone while the modules were loaded; without a supervisor there is no channel at all.
  if (process.channel === null) stop('supervisor gone', 0);
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

const describe = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
