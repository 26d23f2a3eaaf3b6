import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { type Service, withReadiness } from '../../deploy/local/readiness.ts';
import { respondsToPing } from '../../deploy/local/redis.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { eventually } from './eventually.ts';

const SLOTS = 16_384;

/** One process of a topology, which can be killed and restarted with its data. */
export interface RedisNode {
  readonly port: number;
  kill(): Promise<void>;
  /** Resolves when it responds. */
  start(): Promise<void>;
}

export interface Sentinels {
  /** `host:port,…`, and the name of the master. */
  readonly env: { readonly REDIS_SENTINELS: string; readonly REDIS_SENTINEL_NAME: string };
  /** The first master and its replica. */
  readonly nodes: readonly [RedisNode, RedisNode];
  readonly sentinels: readonly RedisNode[];
  killMaster(): Promise<void>;
  /** Port of the server that the sentinels report as the master, and that has that role. */
  master(): Promise<number>;
  stop(): Promise<void>;
}

export interface RedisCluster {
  readonly env: { readonly REDIS_CLUSTER_NODES: string };
  /** Number of keys by master. */
  sizes(): Promise<number[]>;
  killOne(): Promise<void>;
  stop(): Promise<void>;
}

/** A master, its replica and three sentinels, which fail over after one second of silence. */
export async function startSentinels(executable: string): Promise<Sentinels> {
  const { stops, folder, start } = await launcher(executable);
  const [first = 0, second = 0, ...sentinelPorts] = await freePorts(5);
  const settings = (port: number) => [
    '--port',
    String(port),
    '--save',
    '',
    '--repl-diskless-sync-delay',
    '0',
  ];
  try {
    const master = await start(first, settings(first));
    const replica = await start(second, [...settings(second), '--replicaof', '127.0.0.1', String(first)]);
    await eventually(() =>
      callRedis(first, async (redis) => has(await redis.info('replication'), 'state=online')),
    );
    const sentinels: RedisNode[] = [];
    for (const port of sentinelPorts) {
      const file = join(folder, `${port}.conf`);
      const lines = [
        `port ${port}`,
        `sentinel monitor store 127.0.0.1 ${first} 2`,
        'sentinel down-after-milliseconds store 1000',
        'sentinel failover-timeout store 5000',
      ];
      await writeFile(file, lines.join('\n'));
      sentinels.push(await start(port, [file, '--sentinel']));
      // They find each other and the replica sooner.
      await callRedis(port, (redis) =>
        redis.call('SENTINEL', 'DEBUG', 'info-period', '500', 'publish-period', '500'),
      );
    }
    const known = (port: number) =>
      callRedis(port, async (redis) => String(await redis.call('SENTINEL', 'MASTER', 'store')));
    for (const port of sentinelPorts)
      await eventually(async () => {
        has(await known(port), 'num-slaves,1');
        has(await known(port), 'num-other-sentinels,2');
      });
    return {
      env: { REDIS_SENTINELS: hosts(sentinelPorts), REDIS_SENTINEL_NAME: 'store' },
      nodes: [master, replica],
      sentinels,
      killMaster: () => master.kill(),
      master: async () => {
        const [, port] = await callRedis(
          sentinelPorts[0]!,
          (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'store') as Promise<string[]>,
        );
        await callRedis(Number(port), async (redis) => has(await redis.info('replication'), 'role:master'));
        return Number(port);
      },
      stop: () => stops.stop(),
    };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

/** Three masters that share the slots. */
export async function startRedisCluster(executable: string): Promise<RedisCluster> {
  const { stops, start } = await launcher(executable);
  const free = await freePorts(6);
  const [ports, buses] = [free.slice(0, 3), free.slice(3)];
  try {
    const nodes: RedisNode[] = [];
    for (const [index, port] of ports.entries()) {
      const cluster = ['--cluster-enabled', 'yes', '--cluster-config-file', `${port}.conf`];
      const bus = ['--cluster-port', String(buses[index]), '--cluster-node-timeout', '2000'];
      nodes.push(await start(port, ['--port', String(port), '--save', '', ...cluster, ...bus]));
    }
    for (const [index, port] of ports.entries()) {
      const from = Math.ceil((index * SLOTS) / ports.length);
      const to = Math.ceil(((index + 1) * SLOTS) / ports.length) - 1;
      await callRedis(port, async (redis) => {
        await redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to);
        await redis.call('CLUSTER', 'MEET', '127.0.0.1', ports[0]!, buses[0]!);
      });
    }
    for (const port of ports)
      await eventually(() =>
        callRedis(port, async (redis) => has(await redis.cluster('INFO'), 'cluster_state:ok')),
      );
    return {
      env: { REDIS_CLUSTER_NODES: hosts(ports) },
      sizes: () => Promise.all(ports.map((port) => callRedis(port, (redis) => redis.dbsize()))),
      killOne: () => nodes[0]!.kill(),
      stop: () => stops.stop(),
    };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

async function launcher(executable: string) {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const stops = new Stops();
  stops.add({ stop: () => rm(folder, { recursive: true, force: true }) });
  const start = async (port: number, args: readonly string[]): Promise<RedisNode> => {
    const given = [...args, '--bind', '127.0.0.1', '--dir', folder];
    const launch = (): Service => {
      const process = startProgram({ command: executable, args: given, cwd: folder, env: {} });
      return withReadiness({ name: 'redis', process, probe: () => respondsToPing(port) });
    };
    let running = launch();
    stops.add({ stop: () => running.stop() });
    await running.ready();
    return {
      port,
      kill: async () => {
        running.kill('SIGKILL');
        await running.exited;
      },
      start: async () => {
        running = launch();
        await running.ready();
      },
    };
  };
  return { stops, folder, start };
}

async function callRedis<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(port, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

const hosts = (ports: readonly number[]): string => ports.map((port) => `127.0.0.1:${port}`).join(',');

function has(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`${part} is not in ${text}`);
}
