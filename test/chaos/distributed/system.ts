import { freeServicePorts } from '../../../deploy/local/ports.ts';
import { respondsOk } from '../../../deploy/local/readiness.ts';
import { respondsToPing, chooseRedis } from '../../../deploy/local/redis.ts';
import { type ServiceName, services as definitions, toUrlVariables } from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../support/eventually.ts';
import { startSentinels } from '../../support/redis-topologies.ts';
import { openDatabase } from '../exactly-once/database.ts';
import type { FeedEntry, Ledger } from '../exactly-once/reconcile.ts';
import { readFeed } from '../exactly-once/store.ts';
import type { Settings } from '../experiment.ts';
import { createServicePart } from '../part.ts';

/** One of the processes that the experiment kills and restarts. */
export interface Victim {
  readonly name: string;
  /** Sends SIGKILL. Resolves when the process has ended. */
  kill(): Promise<void>;
  /** Waits until the others work without it, for example until another Redis is the master. */
  readonly replaced?: () => Promise<void>;
  /** Resolves when it is ready. Does nothing if it runs. */
  start(): Promise<void>;
}

/** Two of each service, two Redis with three Sentinels, one PostgreSQL. */
export interface DistributedSystem {
  readonly gateways: readonly [string, string];
  readonly victims: readonly Victim[];
  /** Number of processes that work without degradation. */
  readonly countWell: () => Promise<number>;
  readonly readFeed: () => Promise<FeedEntry[]>;
  readonly readLedger: () => Promise<Ledger>;
}

const IDEMPOTENCY_SECRET = 'a secret for this experiment only, no other';
/** Longest time of a failover or a breaker's recovery, in milliseconds. */
const RECOVERY_MS = 60_000;

/** Starts all processes, with logs in `logs`. Resolves when all are ready. */
export async function startDistributedSystem(
  { database: kind }: Settings,
  logs: string,
  stops: Stops,
): Promise<DistributedSystem> {
  const redisChoice = chooseRedis({ PATH: process.env['PATH'] });
  if (redisChoice.kind !== 'own') throw new Error('there is no redis-server on the PATH');
  const database = await openDatabase(kind, stops);
  if (database.exclusive) throw new Error('two catalogs need a shared database: --database postgres');
  const redis = stops.add(await startSentinels(redisChoice.executable));

  const instances = [await freeServicePorts(), await freeServicePorts()];
  const toUrls = (name: ServiceName) => instances.map((ports) => `http://127.0.0.1:${ports[name]}`);
  const env = {
    ...process.env,
    ...database.env,
    ...redis.env,
    REDIS_URL: '',
    ...toUrlVariables((name) => toUrls(name).join()),
    IDEMPOTENCY_SECRET,
  };
  const [gateway = '', otherGateway = ''] = toUrls('gateway');
  const [catalog = ''] = toUrls('catalog');
  const services: Victim[] = [];
  for (const { name: service } of definitions) {
    for (const [nth, ports] of instances.entries()) {
      const name = `${service}-${nth + 1}`;
      const own = { ...env, DATA_DIR: `${logs}/${name}.data` };
      const log = `${logs}/${name}.log`;
      const part = await createServicePart({ name, service, port: ports[service], env: own, log }, stops);
      const start = async (): Promise<void> => {
        part.start();
        await part.ready();
      };
      await start();
      services.push({ name, kill: async () => void (await part.kill()), start });
    }
  }

  // Each Redis is the master when its turn comes, because the other one died before.
  const nodes = redis.nodes.map((node, nth): Victim => ({
    ...restartable(`redis-${nth + 1}`, node),
    replaced: () =>
      eventually(async () => {
        if ((await redis.master()) === node.port) throw new Error('Sentinel still reports it as the master');
      }, RECOVERY_MS),
  }));
  const sentinels = redis.sentinels.map((node, nth) => restartable(`sentinel-${nth + 1}`, node));
  const redisPorts = [...redis.nodes, ...redis.sentinels].map(({ port }) => port);
  return {
    gateways: [gateway, otherGateway],
    victims: [...services, ...nodes, ...sentinels],
    countWell: async () => {
      const well = await Promise.all([
        ...definitions.flatMap(({ name }) => toUrls(name).map(isWell)),
        ...redisPorts.map(respondsToPing),
      ]);
      return well.filter(Boolean).length;
    },
    readFeed: () => readFeed(catalog),
    readLedger: () => database.readLedger(),
  };
}

function restartable(name: string, node: { kill(): Promise<void>; start(): Promise<void> }): Victim {
  let runs = true;
  return {
    name,
    kill: async () => {
      runs = false;
      await node.kill();
    },
    start: async () => {
      if (runs) return;
      runs = true;
      await node.start();
    },
  };
}

/** Ready, and all dependencies are up. */
async function isWell(url: string): Promise<boolean> {
  if (!(await respondsOk(`${url}/health/ready`))) return false;
  const report = (await (await fetch(`${url}/health/deep`)).json()) as { readonly status: string };
  return report.status === 'ok';
}
