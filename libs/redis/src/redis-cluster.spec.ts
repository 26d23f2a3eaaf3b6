import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { chooseRedis } from '../../../deploy/local/redis.ts';
import { startTcpProxy } from '../../../deploy/local/tcp-proxy.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { type RedisCluster, startRedisCluster } from '../../../test/support/redis-topologies.ts';
import { createRedisClient } from './redis-client.ts';

/** Timeout of a command, and latency of each reply of the slow node, in milliseconds. A connection takes several replies. */
const COMMAND_TIMEOUT_MS = 200;
const REPLY_LATENCY_MS = 150;

const choice = chooseRedis({ PATH: process.env.PATH });

describe.runIf(choice.kind === 'own')('a client of a Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster(choice.kind === 'own' ? choice.executable : '');
  });
  afterAll(() => cluster.stop());

  it('puts the prefix before keys of commands and scripts, whose slots have it', async () => {
    const { REDIS_CLUSTER_NODES: clusterNodes } = cluster.env;
    const client = createRedisClient({ clusterNodes }, COMMAND_TIMEOUT_MS, 'north:')!;
    const bare = createRedisClient({ clusterNodes }, COMMAND_TIMEOUT_MS)!;
    onTestFinished(() => {
      for (const each of [client, bare]) each.disconnect();
    });
    for (const each of [client, bare]) each.on('error', () => undefined);
    for (const key of ['a', 'b', 'c', 'd'].map((name) => `${name}-${randomUUID()}`)) {
      await eventually(() => client.set(key, 'command'));
      expect(await eventually(() => bare.get(`north:${key}`))).toBe('command');
      await client.eval("return redis.call('SET', KEYS[1], 'script')", 1, key);
      expect(await bare.get(`north:${key}`)).toBe('script');
    }
  });

  it('never sends a command that timed out while the connection to its node was made', async () => {
    const [first = '', , third = ''] = cluster.env.REDIS_CLUSTER_NODES.split(',');
    const node = new Redis(Number(third.split(':')[1]));
    const other = new Redis(Number(first.split(':')[1]));
    const proxy = await startTcpProxy(node.options.port ?? 0);
    onTestFinished(async () => {
      node.disconnect();
      other.disconnect();
      await proxy.stop();
    });
    proxy.set({ reply: { kind: 'latency', ms: REPLY_LATENCY_MS } });
    await node.config('SET', 'cluster-announce-port', proxy.port);
    await eventually(async () => expect(await other.cluster('NODES')).toContain(`:${proxy.port}@`));
    /** This node has the last third of the slots. */
    const keyOfNode = async (): Promise<string> => {
      const key = randomUUID();
      return (await node.cluster('KEYSLOT', key)) > 11_000 ? key : keyOfNode();
    };

    // The client may have read the state of the cluster from this node. Then it is connected, and the test tries again.
    const key = await eventually(async () => {
      const tried = await keyOfNode();
      const settings = { clusterNodes: first };
      const client = createRedisClient(settings, COMMAND_TIMEOUT_MS)!;
      client.on('error', () => undefined);
      try {
        await once(client, 'ready');
        await expect(client.incr(tried)).rejects.toThrow();
        // When this command succeeds, the client has sent everything in its queues.
        await eventually(() => client.hset(`{${tried}}`, 'a', 'b'));
        return tried;
      } finally {
        client.disconnect();
      }
    });

    expect(await node.get(key)).toBeNull();
  });
});
