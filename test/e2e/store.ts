import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedDatabases } from '../../deploy/local/embedded-databases.ts';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import {
  type Ports,
  type ServiceName,
  publicService,
  serviceEnvironment,
  services,
  startService,
} from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { platform } from '../../platform.config.ts';
import { RELAXED_TIMEOUTS } from '../support/relaxed-timeouts.ts';

/** One line of a service's log. */
export interface LogLine {
  readonly service: string;
  readonly event?: string;
  readonly msg?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** In the access line of a degraded response. */
  readonly degraded?: readonly string[];
}

/** The built store on this machine: one process for each service, on free ports, with a new data directory. */
export interface Store {
  readonly url: string;
  readonly ports: Ports;
  /** All log lines so far, of all services. */
  readonly log: readonly LogLine[];
  /** Starts a service that does not run, and resolves when it is ready. */
  start(name: ServiceName): Promise<void>;
  /** Resolves with how the process ended. */
  end(
    name: ServiceName,
    signal: 'SIGTERM' | 'SIGKILL',
  ): Promise<{ code: number | null; signal: string | null }>;
  close(): Promise<void>;
}

/** Starts the whole store like `npm run demo`, but with relaxed timeouts, and `env` on top of this process' own. */
export async function startStore(env: NodeJS.ProcessEnv): Promise<Store> {
  const dataDir = await mkdtemp(join(tmpdir(), 'film-store-'));
  await createEmbeddedDatabases(dataDir);
  const ports = await freeServicePorts();
  const running = new Map<ServiceName, Service>();
  const log: LogLine[] = [];

  const start = async (name: ServiceName): Promise<void> => {
    const service = startService({
      name,
      port: ports[name],
      env: serviceEnvironment(name, ports, {
        ...process.env,
        ...RELAXED_TIMEOUTS,
        ...env,
        DATA_DIR: dataDir,
      }),
      onLine: ({ text }) => log.push(parseLine(name, text)),
    });
    running.set(name, service);
    await service.ready();
  };
  const end: Store['end'] = (name, signal) => {
    const service = running.get(name);
    if (!service) throw new Error(`${name} was never started`);
    service.kill(signal);
    return service.exited;
  };
  const close = async (): Promise<void> => {
    const stops = new Stops();
    for (const service of running.values()) stops.add(service);
    await stops.stop();
    await rm(dataDir, { recursive: true, force: true });
  };

  try {
    await startAll(start);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://localhost:${ports.gateway}`, ports, log, start, end, close };
}

/**
 * Starts a service when the services that it calls are ready: a service that needs the data of another is not ready before, and
 * would only retry. The public service does not wait, because nothing calls it.
 */
async function startAll(start: Store['start']): Promise<void> {
  const started = new Map<string, Promise<void>>();
  for (const { name } of services) {
    const { calls } = platform.services[name];
    const called =
      name === publicService.name ? [] : Object.keys(calls).flatMap((each) => started.get(each) ?? []);
    started.set(
      name,
      Promise.all(called).then(() => start(name)),
    );
  }
  await Promise.all(started.values());
}

/** @throws Error for a line that is not one JSON object: a defect of the service */
function parseLine(service: ServiceName, text: string): LogLine {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('service' in parsed) || parsed.service !== service) {
    throw new Error(`${service} logged a line of another form: ${text}`);
  }
  return parsed as LogLine;
}
