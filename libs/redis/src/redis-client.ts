import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions as ClientOptions } from 'ioredis';
import { type RedisOptionsInput, usesTls } from './options.ts';
import { parseRedisNodes } from './redis-nodes.ts';

/** A connection that is silent for this time while commands wait is closed, in milliseconds. */
const SOCKET_TIMEOUT_MS = 2000;
/** Longest time for a connection attempt, in milliseconds. Packets may be dropped without an error. */
const CONNECT_TIMEOUT_MS = 2000;
/** Longest pause between two connection attempts, in milliseconds. */
const MAX_RECONNECT_MS = 5000;

const toPauseMs = (attempt: number): number => Math.min(100 * 2 ** attempt, MAX_RECONNECT_MS);

/**
 * Creates a client of the configured Redis: a single server, one behind sentinels, or a cluster. Returns `undefined` if
 * none is configured. Clients reconnect by themselves, do not queue commands and do not send a command twice.
 * @param commandTimeoutMs time after which a command without a reply fails
 * @param keyPrefix stands before all keys, also before those of scripts
 */
export function createRedisClient(options: RedisOptionsInput, commandTimeoutMs: number, keyPrefix = '') {
  const { url, sentinels, sentinelName, sentinelPassword, clusterNodes, username, password } = options;
  const tls =
    usesTls(options) && (options.tlsCaFile === undefined ? {} : { ca: readFileSync(options.tlsCaFile) });
  const connection = {
    commandTimeout: commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // A command that timed out stays in the queue of its connection. This limits the memory if no reply ever comes.
    socketTimeout: SOCKET_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    reconnectOnError: isReplicaError,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls }),
  } satisfies ClientOptions;
  const single = { ...connection, keyPrefix, enableOfflineQueue: false, retryStrategy: toPauseMs };

  if (url !== undefined) return new Redis(url, single);
  if (sentinels !== undefined && sentinelName !== undefined)
    return new Redis({
      ...single,
      sentinels: parseRedisNodes(sentinels) ?? [],
      name: sentinelName,
      sentinelCommandTimeout: commandTimeoutMs,
      sentinelRetryStrategy: toPauseMs,
      ...(sentinelPassword !== undefined && { sentinelPassword }),
      ...(tls && { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  if (clusterNodes === undefined) return undefined;
  const cluster = new Cluster(parseRedisNodes(clusterNodes) ?? [], {
    keyPrefix,
    enableOfflineQueue: false,
    clusterRetryStrategy: toPauseMs,
    // Both would resend a command that may have been executed. A node without the slot replies MOVED and executes
    // nothing, so ioredis may still redirect the command.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    redisOptions: connection,
    // Without it, certificates would be verified against addresses instead of names.
    ...(tls && { dnsLookup: (name, done) => done(null, name) }),
  });
  disableNodeQueues(cluster);
  return cluster;
}

/**
 * After a failover, a new connection to the same address leads to the new master. Before version 7, Redis puts the error
 * of a script behind the position in the script.
 */
const isReplicaError = ({ message }: Error): boolean => /(?:^|-)(?:READONLY|MASTERDOWN) /.test(message);

/**
 * Connects to all nodes, and rejects commands for a node that is not connected. Otherwise ioredis connects at the first
 * command, queues it, and sends it even after its timeout. The option against queues does not reach the nodes. Until the
 * event `connect`, ioredis itself needs the queue of one node to read the state of the cluster.
 */
function disableNodeQueues(cluster: Cluster): void {
  const connect = (node: Redis): void => {
    node.options.enableOfflineQueue = false;
    if (node.status === 'wait') node.connect().catch(() => undefined);
  };
  cluster.on('connect', () => cluster.nodes().forEach(connect));
  cluster.on('+node', (node: Redis) => {
    if (cluster.status === 'connect' || cluster.status === 'ready') connect(node);
  });
}
