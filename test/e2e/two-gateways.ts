import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Pool } from 'pg';
import { expect } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import { chooseRedis, startRedis } from '../../deploy/local/redis.ts';
import { type ServiceName, serviceEnvironment, startService } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { CLOSED_PORTS } from '../support/closed-ports.ts';
import { eventually } from '../support/eventually.ts';
import { type HoldingProxy, startHoldingProxy } from '../support/holding-proxy.ts';
import { RELAXED_TIMEOUTS } from '../support/relaxed-timeouts.ts';
import { startOtlpCollector } from '../support/otlp-collector.ts';
import { createDatabase } from '../support/postgres.ts';

const HOUR_MS = 3_600_000;

/** A separate Redis of the test, which may be stopped and emptied. */
export const redisProgram = (() => {
  const choice = chooseRedis({ PATH: process.env['PATH'] });
  return choice.kind === 'own' ? choice.executable : undefined;
})();

export const JWT_SECRET = 'a-jwt-secret-of-thirty-two-characters';

/** Two built gateways in front of one catalog on PostgreSQL, and one Redis. */
export interface TwoGateways {
  /**
   * The first calls catalog and Redis through proxies, and its clock is an hour fast. The second calls them directly,
   * and its clock is an hour slow.
   */
  readonly urls: readonly [string, string];
  readonly toCatalog: HoldingProxy;
  readonly toRedis: HoldingProxy;
  readonly catalogUrl: string;
  /** Connections of the test. */
  readonly redis: Redis;
  readonly database: Pool;
  /** All log lines so far, of all services. */
  readonly log: readonly string[];
  readonly spans: readonly object[];
  /** Like a machine without memory: its connections stay open. */
  pauseFirstGateway(): void;
  resumeFirstGateway(): void;
  killFirstGateway(): Promise<void>;
  startFirstGateway(): Promise<void>;
  killRedis(): Promise<void>;
  startRedis(): Promise<void>;
  stop(): Promise<void>;
}

/** @param databaseServer address of a PostgreSQL, which gets a database for it */
export async function startTwoGateways(databaseServer: string): Promise<TwoGateways> {
  const stops = new Stops();
  const dataDir = await mkdtemp(join(tmpdir(), 'two-gateways-'));
  stops.add({ stop: () => rm(dataDir, { recursive: true, force: true }) });
  const [first = 0, second = 0, catalog = 0, redisPort = 0] = await freePorts(4);
  const log: string[] = [];
  const collector = await startOtlpCollector();
  stops.add({ stop: async () => collector.close() });

  const start = async (name: ServiceName, port: number, env: NodeJS.ProcessEnv): Promise<Service> => {
    const ports = { ...CLOSED_PORTS, gateway: port, catalog };
    const service = startService({
      name,
      port,
      env: { ...serviceEnvironment(name, ports, { ...process.env, DATA_DIR: dataDir }), ...env },
      onLine: ({ text }) => log.push(text),
    });
    await stops.add(service).ready();
    return service;
  };
  const newRedis = async (): Promise<Service> => {
    const server = stops.add(startRedis({ executable: redisProgram ?? '', port: redisPort }));
    await server.ready();
    return server;
  };
  const gatewayEnv = {
    ...collector.env,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    AUTH_JWT_SECRET: JWT_SECRET,
    ...RELAXED_TIMEOUTS,
    // A hundred requests at once on a busy machine do not mean that Redis is unreachable.
    UPSTREAM_REDIS_TIMEOUT_INITIAL_MS: '1000',
    UPSTREAM_REDIS_TIMEOUT_FLOOR_MS: '1000',
    UPSTREAM_REDIS_TIMEOUT_MAX_MS: '1000',
    UPSTREAM_REDIS_BREAKER_RESET_MS: '200',
    UPSTREAM_REDIS_BREAKER_RAMP_MS: '0',
    // A delayed request here is not abandoned before its client ends.
    UPSTREAM_CATALOG_TIMEOUT_INITIAL_MS: '5000',
    UPSTREAM_CATALOG_TIMEOUT_FLOOR_MS: '5000',
    UPSTREAM_CATALOG_TIMEOUT_MAX_MS: '5000',
  };

  try {
    let server = await newRedis();
    const redis = new Redis(redisPort, { maxRetriesPerRequest: null });
    redis.on('error', () => undefined);
    stops.add({ stop: async () => redis.disconnect() });
    const toCatalog = stops.add(await startHoldingProxy(catalog));
    const toRedis = stops.add(await startHoldingProxy(redisPort));
    const { url: databaseUrl } = await createDatabase(databaseServer, 'e2e');
    const database = new Pool({ connectionString: databaseUrl });
    stops.add({ stop: () => database.end() });
    const startFirst = () =>
      start('gateway', first, {
        ...gatewayEnv,
        ...clockOff(HOUR_MS),
        CATALOG_URL: `http://127.0.0.1:${toCatalog.port}`,
        REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
      });
    let [firstGateway] = await Promise.all([
      startFirst(),
      start('gateway', second, { ...gatewayEnv, ...clockOff(-HOUR_MS) }),
      start('catalog', catalog, { DATABASE_URL: databaseUrl, ...collector.env }),
    ]);
    return {
      urls: [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`],
      toCatalog,
      toRedis,
      catalogUrl: `http://127.0.0.1:${catalog}`,
      redis,
      database,
      log,
      spans: collector.spans,
      pauseFirstGateway: () => firstGateway.kill('SIGSTOP'),
      resumeFirstGateway: () => firstGateway.kill('SIGCONT'),
      killFirstGateway: async () => {
        firstGateway.kill('SIGKILL');
        await firstGateway.exited;
      },
      startFirstGateway: async () => {
        firstGateway = await startFirst();
        // Readiness does not wait for Redis.
        await eventually(async () => {
          const deep = await fetch(`http://127.0.0.1:${first}/health/deep`);
          expect(await deep.json()).toMatchObject({ details: { redis: { status: 'up' } } });
        });
      },
      killRedis: async () => {
        server.kill('SIGKILL');
        await server.exited;
      },
      startRedis: async () => {
        server = await newRedis();
        await eventually(async () => redis.ping());
      },
      stop: () => stops.stop(),
    };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

/** Gives a service a wrong clock from its start. */
function clockOff(ms: number): NodeJS.ProcessEnv {
  const now = `static now(){return super.now()+${ms}}`;
  const code = `Date=class extends Date{constructor(...at){super(...(at.length?at:[Date.now()]))}${now}}`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}
