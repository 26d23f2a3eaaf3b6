import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type RedisSettings, speaksTls } from './redis-settings.ts';
import { parseRedisNodes } from './redis-nodes.ts';

/** A connection that stays silent this long while commands wait, in milliseconds, is given up, and they with it. */
const SILENCE_MS = 2000;
/** Longest wait for a connection, in milliseconds: one that drops what it is sent must not keep us from another. */
const CONNECT_TIMEOUT_MS = 2000;
/** Longest pause between two attempts to connect again, in milliseconds. */
const RECONNECT_CAP_MS = 5000;

const pause = (attempt: number): number => Math.min(100 * 2 ** attempt, RECONNECT_CAP_MS);

/**
 * The Redis that is configured, by itself, behind sentinels or as a cluster; `undefined` where none is. All connect
 * again by themselves; none keeps a command for later or sends one twice.
 * @param commandTimeoutMs after which a command without a reply is given up
 */
export function createRedisClient(
  settings: RedisSettings,
  commandTimeoutMs: number,
): Redis | Cluster | undefined {
  const { REDIS_URL, REDIS_SENTINELS, REDIS_SENTINEL_NAME, REDIS_CLUSTER_NODES } = settings;
  const tls = tlsOf(settings);
  const connection = {
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command that was given up stays in the connection's queue: without this, a black hole would fill memory.
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: isReplicaError,
    ...credentialsOf(settings),
    ...(tls && { tls }),
  } satisfies RedisOptions;
  const single = { ...connection, enableOfflineQueue: false, retryStrategy: pause } satisfies RedisOptions;

  if (REDIS_URL !== undefined) return new Redis(REDIS_URL, single);
  if (REDIS_SENTINELS !== undefined && REDIS_SENTINEL_NAME !== undefined)
    return new Redis({
      ...single,
      sentinels: parseRedisNodes(REDIS_SENTINELS) ?? [],
      name: REDIS_SENTINEL_NAME,
      sentinelCommandTimeout: commandTimeoutMs,
      sentinelRetryStrategy: pause,
      ...(settings.REDIS_SENTINEL_PASSWORD !== undefined && {
        sentinelPassword: settings.REDIS_SENTINEL_PASSWORD,
      }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  if (REDIS_CLUSTER_NODES !== undefined)
    return withoutNodeQueues(
      new Cluster(parseRedisNodes(REDIS_CLUSTER_NODES) ?? [], {
        enableOfflineQueue: false,
        clusterRetryStrategy: pause,
        // Off: both send a command again that may have been done. Who has no slot any more says so (MOVED), and the
        // command goes to who has, for it was not done.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        redisOptions: connection,
        // By address, a certificate would be checked against that, not against the name it is for.
        ...(tls && { dnsLookup: (name, done) => done(null, name) }),
      }),
    );
  return undefined;
}

/**
 * The server was the master, and is a replica now or about to be one: after a failover, a new connection to the same
 * address leads to the new master. Before version 7, Redis puts what a script was refused behind the script's place.
 */
const isReplicaError = ({ message }: Error): boolean => /(?:^|-)(?:READONLY|MASTERDOWN) /.test(message);

/**
 * Connects to all nodes, and rejects commands for a node that is not connected. ioredis would connect with the first
 * command and queue it, and it sends a queued command even when that has been given up. Its option against the queue
 * does not reach the nodes. Until the event `connect`, one node's queue serves ioredis itself, which asks it for the
 * state of the cluster.
 */
function withoutNodeQueues(cluster: Cluster): Cluster {
  const connect = (node: Redis): void => {
    node.options.enableOfflineQueue = false;
    if (node.status === 'wait') node.connect().catch(() => undefined);
  };
  cluster.on('connect', () => cluster.nodes().forEach(connect));
  cluster.on('+node', (node: Redis) => {
    if (cluster.status === 'connect' || cluster.status === 'ready') connect(node);
  });
  return cluster;
}

/** What the address of Redis does not say itself. */
const credentialsOf = ({ REDIS_USERNAME, REDIS_PASSWORD }: RedisSettings) => ({
  ...(REDIS_USERNAME !== undefined && { username: REDIS_USERNAME }),
  ...(REDIS_PASSWORD !== undefined && { password: REDIS_PASSWORD }),
});

/** Whom to believe that it is Redis; `undefined` where it is not asked. */
function tlsOf(settings: RedisSettings): { ca?: Buffer } | undefined {
  if (!speaksTls(settings)) return undefined;
  const { REDIS_TLS_CA_FILE: file } = settings;
  return file === undefined ? {} : { ca: readFileSync(file) };
}
