import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import {
  type Ports,
  type ServiceName,
  serviceEnvironment,
  startService,
} from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { RELAXED_TIMEOUTS } from '../support/relaxed-timeouts.ts';

/** One line of a service's log. */
export interface LogLine {
  readonly service: string;
  readonly event?: string;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** In the access line of a degraded response. */
  readonly degraded?: readonly string[];
}

/** The built store on this machine: three processes on free ports, with a new data directory. */
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
  const [gateway = 0, catalog = 0, recommendations = 0] = await freePorts(3);
  const ports: Ports = { gateway, catalog, recommendations };
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
    // Recommendations are not ready without catalog's films, and would only retry.
    await Promise.all([start('gateway'), start('catalog').then(() => start('recommendations'))]);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: `http://localhost:${gateway}`, ports, log, start, end, close };
}

/** @throws Error for a line that is not one JSON object: a defect of the service */
function parseLine(service: ServiceName, text: string): LogLine {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || !('service' in parsed) || parsed.service !== service) {
    throw new Error(`${service} logged a line of another form: ${text}`);
  }
  return parsed as LogLine;
}
