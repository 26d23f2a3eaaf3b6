import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions as ClientOptions } from 'ioredis';
import { type RedisOptionsInput, usesTls } from './options.ts';
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
  options: RedisOptionsInput,
  commandTimeoutMs: number,
): Redis | Cluster | undefined {
  const { url, sentinels, sentinelName, clusterNodes } = options;
  const tls = toTls(options);
  const connection = {
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command that was given up stays in the connection's queue: without this, a black hole would fill memory.
    socketTimeout: SILENCE_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: isReplicaError,
    ...toCredentials(options),
    ...(tls && { tls }),
  } satisfies ClientOptions;
  const single = { ...connection, enableOfflineQueue: false, retryStrategy: pause } satisfies ClientOptions;

  if (url !== undefined) return new Redis(url, single);
  if (sentinels !== undefined && sentinelName !== undefined)
    return new Redis({
      ...single,
      sentinels: parseRedisNodes(sentinels) ?? [],
      name: sentinelName,
      sentinelCommandTimeout: commandTimeoutMs,
      sentinelRetryStrategy: pause,
      ...(options.sentinelPassword !== undefined && { sentinelPassword: options.sentinelPassword }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  if (clusterNodes !== undefined)
    return withoutNodeQueues(
      new Cluster(parseRedisNodes(clusterNodes) ?? [], {
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

const toCredentials = ({ username, password }: RedisOptionsInput) => ({
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
});

function toTls(options: RedisOptionsInput): { ca?: Buffer } | undefined {
  if (!usesTls(options)) return undefined;
  return options.tlsCaFile === undefined ? {} : { ca: readFileSync(options.tlsCaFile) };
}
