import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalFaults } from '../../../deploy/local/faults.ts';
import { type Link, startLink, startLinks } from '../../../deploy/local/links.ts';
import { openLogFile } from '../../../deploy/local/log-file.ts';
import { freePorts, freeServicePorts } from '../../../deploy/local/ports.ts';
import { respondsOk, type Service } from '../../../deploy/local/readiness.ts';
import { respondsToPing, chooseRedis, startRedis } from '../../../deploy/local/redis.ts';
import {
  type Ports,
  type ServiceName,
  publicService,
  serviceEnvironment,
  services,
  startService,
  toUrlVariables,
} from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { Supervisor } from '../../../deploy/local/supervisor.ts';
import { toEnvName } from '../../../deploy/platform/derived.ts';
import { CLOSED_PORTS } from '../../support/closed-ports.ts';
import { breakerEnv } from '../breaker-env.ts';
import { openDatabase, readLedger } from '../exactly-once/database.ts';
import type { Ledger } from '../exactly-once/reconcile.ts';
import type { Settings } from '../experiment.ts';
import { copyFlags } from './flags-file.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** A process of the store. Its supervisor restarts it when it dies. */
export interface StorePart {
  readonly name: string;
  readonly supervisor: Supervisor;
  readonly port: number;
  /** Number of launches of its process. */
  readonly launches: number;
  readonly isResponding: () => Promise<boolean>;
}

/** The built store with a proxy on every link, for experiments. */
export interface ChaosStore {
  readonly url: string;
  /** Redis and every service. With a second region also a second instance of the internal ones, such as catalog-2. */
  readonly parts: readonly StorePart[];
  /** Every internal service, redis, telemetry and, with PostgreSQL, database. */
  readonly links: readonly Link[];
  readonly local: LocalFaults;
  // #region part: flags
  readonly flagsFile: string;
  // #endregion part: flags
  readonly receiver: Receiver;
  /** Address of PostgreSQL without a proxy. `undefined` with PGlite. */
  readonly databaseUrl: string | undefined;
  /** Stops catalog for it if there is no other way. */
  readonly readLedger: () => Promise<Ledger>;
}

export interface StoreOptions {
  readonly database: Settings['database'];
  readonly regions?: 1 | 2;
  /** Folder of the logs. */
  readonly logs: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ports of the services of the first region. @default free ports */
  readonly ports?: Ports;
  /** Receives every line that a part writes. */
  readonly onLine?: (part: string, line: string) => void;
}

/** Open time and recovery time of a breaker, in milliseconds: short, because the runs are. */
export const BREAKER_MS = { reset: 1000, resetMax: 2000, recovery: 1000 };

const internal = services.filter(({ name }) => name !== publicService.name);

/** Starts the store. Resolves when every part is ready. */
export async function startChaosStore(options: StoreOptions, stops: Stops): Promise<ChaosStore> {
  const { regions = 1, logs, env, onLine } = options;
  const redisChoice = chooseRedis({ PATH: process.env['PATH'] });
  if (redisChoice.kind !== 'own') throw new Error('no redis-server on the PATH');
  const [redisPort = 0] = await freePorts(1);
  const ports = options.ports ?? (await freeServicePorts());
  const instances = regions === 2 ? [ports, await freeServicePorts()] : [ports];
  const directory = await mkdtemp(join(tmpdir(), 'film-store-chaos-'));
  stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
  // #region part: flags
  const flagsFile = await copyFlags(directory);
  // #endregion part: flags
  const receiver = stops.add(await startReceiver());
  const database = await openDatabase(options.database, stops);

  const parts: StorePart[] = [];
  const supervise = async (
    name: string,
    port: number,
    launch: (onLine: (line: string) => void) => Service,
  ) => {
    const log = stops.add(await openLogFile(`${logs}/${name}.log`));
    const hear = (line: string): void => {
      log.write(line);
      onLine?.(name, line);
    };
    let launches = 0;
    const relaunch = () => {
      launches += 1;
      return launch(hear);
    };
    const supervisor = stops.add(new Supervisor({ name, launch: relaunch }));
    const isResponding = () =>
      name === 'redis' ? respondsToPing(port) : respondsOk(`http://127.0.0.1:${port}/health/ready`);
    parts.push({
      name,
      supervisor,
      port,
      get launches() {
        return launches;
      },
      isResponding,
    });
    supervisor.start();
    await supervisor.ready();
  };
  await supervise('redis', redisPort, (onLine) =>
    startRedis({ executable: redisChoice.executable, port: redisPort, onLine: ({ text }) => onLine(text) }),
  );
  const through = await startLinks(
    {
      ...process.env,
      ...database.env,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.port}`,
    },
    stops,
  );
  const links = [...through.links];
  for (const { name } of internal) links.push(await startLink(name, ports[name], stops));
  const local = stops.add(new LocalFaults(links));

  /** The link of the preferred region, and the other region directly. */
  const toEndpoints = (name: ServiceName): string =>
    [
      links.find((link) => link.name === name)?.proxy.port ?? ports[name],
      ...instances.slice(1).map((other) => other[name]),
    ]
      .map((port) => `http://127.0.0.1:${port}`)
      .join('|');
  const start = (name: ServiceName, port: number, instance: string) => {
    const directories = {
      DATA_DIR: (name === 'catalog' && database.env['DATA_DIR']) || join(directory, instance),
    };
    const given = {
      ...serviceEnvironment(name, CLOSED_PORTS, through.env),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_METRIC_EXPORT_INTERVAL: '2000',
      OTEL_BSP_SCHEDULE_DELAY: '500',
      ...breakerEnv(BREAKER_MS, ...internal.map(({ name }) => toEnvName(name)), 'REDIS', 'DATABASE'),
      ...directories,
      ...toUrlVariables(toEndpoints),
      // #region part: flags
      FLAGS_FILE: flagsFile,
      FLAGD_HOST: '',
      // #endregion part: flags
      ...env,
    };
    return supervise(instance, port, (onLine) =>
      startService({ name, port, env: given, onLine: ({ text }) => onLine(text) }),
    );
  };
  for (const { name } of internal) {
    for (const [nth, own] of instances.entries())
      await start(name, own[name], nth === 0 ? name : `${name}-${nth + 1}`);
  }
  await start(publicService.name, ports[publicService.name], publicService.name);

  return {
    url: `http://127.0.0.1:${ports[publicService.name]}`,
    parts,
    links,
    local,
    // #region part: flags
    flagsFile,
    // #endregion part: flags
    receiver,
    databaseUrl: database.env['DATABASE_URL'] || undefined,
    readLedger: () => readLedger(findPart({ parts }, 'catalog').supervisor, database),
  };
}

/** @throws Error if the part does not exist */
export function findPart({ parts }: Pick<ChaosStore, 'parts'>, name: string): StorePart {
  const part = parts.find((each) => each.name === name);
  if (!part) throw new Error(`the store has no ${name}`);
  return part;
}

/** @throws Error if the link does not exist */
export function findLink({ links }: ChaosStore, name: string): Link {
  const link = links.find((each) => each.name === name);
  if (!link) throw new Error(`there is no link to ${name}`);
  return link;
}
