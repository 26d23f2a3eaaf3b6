import { Redis } from 'ioredis';
import { type Link, startLink } from '../../../deploy/local/links.ts';
import { freePorts } from '../../../deploy/local/ports.ts';
import { respondsOk } from '../../../deploy/local/readiness.ts';
import { respondsToPing, chooseRedis, startRedis } from '../../../deploy/local/redis.ts';
import type { ServiceName } from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { orderFeed } from '@film-store/contracts';
import type { Settings } from '../experiment.ts';
import { breakerEnv } from '../breaker-env.ts';
import { type Part, findPart, createServicePart } from '../part.ts';
import { openDatabase, readLedger } from './database.ts';
import type { FeedEntry, Ledger } from './reconcile.ts';

/** The parts that fail in this experiment: two gateways, one catalog, Redis, and the links between them. */
export interface TorturedStore {
  readonly gateways: readonly [Part, Part];
  readonly catalog: Part;
  readonly redis: Part;
  readonly redisPort: number;
  /** Links from clients to each gateway, and from the gateways to catalog. The far end responds to a GET. */
  readonly links: readonly Link[];
  /** Addresses of the gateways for clients: behind their links. */
  readonly urls: readonly [string, string];
  /** Number of the four parts that work. */
  readonly countReady: () => Promise<number>;
  readonly readFeed: () => Promise<FeedEntry[]>;
  /** Stops catalog for it if there is no other way. */
  readonly readLedger: () => Promise<Ledger>;
}

/** Short breaker times, so that a run of a minute has more than one long pause. All other settings are defaults. */
const BREAKER_MS = { reset: 500, resetMax: 1000, recovery: 500 };
const IDEMPOTENCY_SECRET = 'a secret for this experiment only, no other';
/** Starts all parts, with logs in `logs`. Resolves when all are ready. */
export async function startTorturedStore(
  { database: kind }: Settings,
  logs: string,
  stops: Stops,
): Promise<TorturedStore> {
  const redisChoice = chooseRedis({ PATH: process.env['PATH'] });
  if (redisChoice.kind !== 'own') throw new Error('no redis-server on the PATH');
  const [catalogPort = 0, onePort = 0, otherPort = 0, redisPort = 0] = await freePorts(4);
  const database = await openDatabase(kind, stops);

  const start = async (name: string, service: ServiceName, port: number, env: NodeJS.ProcessEnv) => {
    const part = await createServicePart(
      { name, service, port, env: { ...process.env, ...env }, log: `${logs}/${name}.log` },
      stops,
    );
    part.start();
    return part;
  };

  const { executable } = redisChoice;
  const redis = stops.add(findPart('redis', () => startRedis({ executable, port: redisPort })));
  redis.start();
  await redis.ready();
  const catalog = await start('catalog', 'catalog', catalogPort, {
    ...database.env,
    ...breakerEnv(BREAKER_MS, 'DATABASE'),
  });
  const toCatalog = await startLink('gateways → catalog', catalogPort, stops);
  const env = {
    CATALOG_URL: `http://127.0.0.1:${toCatalog.proxy.port}`,
    RECOMMENDATIONS_URL: 'http://127.0.0.1:9',
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    IDEMPOTENCY_SECRET,
    ...breakerEnv(BREAKER_MS, 'CATALOG', 'REDIS'),
  };
  const one = await start('gateway-1', 'gateway', onePort, env);
  const other = await start('gateway-2', 'gateway', otherPort, env);
  const toOne = await startLink('clients → gateway-1', onePort, stops);
  const toOther = await startLink('clients → gateway-2', otherPort, stops);
  await Promise.all([catalog, one, other].map((part) => part.ready()));

  return {
    gateways: [one, other],
    catalog,
    redis,
    redisPort,
    links: [toOne, toOther, toCatalog],
    urls: [`http://127.0.0.1:${toOne.proxy.port}`, `http://127.0.0.1:${toOther.proxy.port}`],
    countReady: async () => {
      const services = [catalogPort, onePort, otherPort].map((port) =>
        respondsOk(`http://127.0.0.1:${port}/health/ready`),
      );
      const ready = await Promise.all([...services, respondsToPing(redisPort)]);
      return ready.filter(Boolean).length;
    },
    readFeed: () => readFeed(`http://127.0.0.1:${catalogPort}`),
    readLedger: () => readLedger(catalog, database),
  };
}

/** Reads all pages of the feed, as its consumers do. */
export async function readFeed(catalog: string): Promise<FeedEntry[]> {
  const all: FeedEntry[] = [];
  for (;;) {
    const response = await fetch(`${catalog}/orders/feed?after=${all.at(-1)?.seq ?? 0}`);
    const { entries } = orderFeed.parse(await response.json());
    if (entries.length === 0) return all;
    all.push(...entries);
  }
}

/** Sends one command on a new connection. */
export async function onRedis<T>(port: number, command: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: 0, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await command(redis);
  } finally {
    redis.disconnect();
  }
}
