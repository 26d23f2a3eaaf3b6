import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../../deploy/local/build.ts';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import {
  type ServiceName,
  root,
  services,
  startService,
  toUrlVariables,
} from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { findPostgres, startPostgres } from '../support/postgres.ts';

/** One of several equal processes of a service. */
export interface Replica {
  readonly name: string;
  readonly url: string;
  /**
   * Sends SIGTERM, starts the service again at the same address, and resolves when it is ready, with the exit of the
   * old process.
   */
  restart(): Promise<{ readonly code: number | null; readonly restartedMs: number }>;
}

/** Two of each service on one PostgreSQL. Each knows both instances of its upstreams. */
export interface Replicas {
  readonly gateways: readonly Replica[];
  /** In the order of a deployment: upstreams first. */
  readonly all: readonly Replica[];
}

/**
 * Starts the replicas on top of this process' environment, and stops them after `measure`.
 * @throws Error if no PostgreSQL is installed
 */
export async function withReplicas<T>(
  env: NodeJS.ProcessEnv,
  measure: (replicas: Replicas) => Promise<T>,
): Promise<T> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('there is no PostgreSQL on this machine (Debian: postgresql)');
  await build(root, () => undefined);
  const stops = new Stops();
  const directory = await mkdtemp(join(tmpdir(), 'replicas-'));
  stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  try {
    const postgres = stops.add(await startPostgres(bin));
    const instances = [await freeServicePorts(), await freeServicePorts()];
    const toUrls = (name: ServiceName) => instances.map((ports) => `http://127.0.0.1:${ports[name]}`);
    const common = {
      ...process.env,
      DATABASE_URL: postgres.url,
      REDIS_URL: '',
      ...toUrlVariables((name) => toUrls(name).join()),
      IDEMPOTENCY_SECRET: 'for benchmarks only, 32 characters or more',
      ...env,
    };
    const all: Replica[] = [];
    for (const { name: service } of services) {
      for (const [index, ports] of instances.entries()) {
        const name = `${service} ${index + 1}`;
        const env = { ...common, DATA_DIR: join(directory, name) };
        const launch = () => startService({ name: service, port: ports[service], env });
        all.push(await startReplica(name, toUrls(service)[index]!, launch, stops));
      }
    }
    return await measure({ all, gateways: all.filter(({ name }) => name.startsWith('gateway ')) });
  } finally {
    await stops.stop();
  }
}

async function startReplica(
  name: string,
  url: string,
  launch: () => Service,
  stops: Stops,
): Promise<Replica> {
  let service = launch();
  stops.add({ stop: () => service.stop() });
  await service.ready();
  return {
    name,
    url,
    async restart() {
      const began = performance.now();
      service.kill('SIGTERM');
      const { code } = await service.exited;
      service = launch();
      await service.ready();
      return { code, restartedMs: performance.now() - began };
    },
  };
}
