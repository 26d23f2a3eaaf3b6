import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProcess } from '../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../deploy/local/readiness.ts';
import { chooseRedis, startRedis } from '../../deploy/local/redis.ts';
import { root } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { percentile } from '../load/percentiles.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { startUpstreams } from './gateways/start.ts';
import { ourGateway, unlayeredGateway } from './gateways/subjects.ts';
import { percentileCurve } from './series.ts';

const ORDERS = 1000;
const WARM_UP = 300;
const COUNTED = 200;
const BODY = JSON.stringify({ items: [{ productId: 'alien-1979', quantity: 1 }] });

/** Both gateways call the same catalog, which responds at once, so that the result is the gateway's own cost. */
export const idempotencyBenchmark: Benchmark = {
  name: 'idempotency',
  question: 'What does it cost to claim and record an order, and to repeat it?',
  load:
    `${ORDERS} orders one at a time after ${WARM_UP}, each sent without idempotency, with it, and again; ` +
    'catalog is a stand-in that responds at once, Redis on the same machine',
  async run(report) {
    const stops = new Stops();
    try {
      const { place, redis } = await start(stops);
      const took = { without: [] as number[], fresh: [] as number[], replay: [] as number[] };
      const timed = async (into: number[], send: () => Promise<void>): Promise<void> => {
        const began = performance.now();
        await send();
        into.push(performance.now() - began);
      };
      for (let order = -WARM_UP; order < ORDERS; order++) {
        if (order % 100 === 0) report(`order ${order} of ${ORDERS}`.padEnd(40));
        if (order === 0) for (const each of Object.values(took)) each.length = 0;
        const key = randomUUID();
        await timed(took.without, () => place.without(key));
        await timed(took.fresh, () => place.layered(key));
        await timed(took.replay, () => place.layered(key));
      }
      const keys = Array.from({ length: COUNTED }, () => randomUUID());
      const roundTrips = async (): Promise<number> => {
        const before = await scriptCalls(redis);
        for (const key of keys) await place.layered(key);
        return ((await scriptCalls(redis)) - before) / COUNTED;
      };
      const { measured, plots } = figures(took);
      return {
        measured: [
          ...measured,
          { name: 'Redis round trips per order', unit: 'ratio', value: await roundTrips(), goal: '≤ 2' },
          { name: 'Redis round trips per repetition', unit: 'ratio', value: await roundTrips(), goal: '≤ 1' },
        ],
        plots,
      };
    } finally {
      await stops.stop();
    }
  },
};

function figures(took: Readonly<Record<'without' | 'fresh' | 'replay', readonly number[]>>) {
  const kinds = [
    { name: 'without the layer', took: took.without },
    { name: 'an order', took: took.fresh },
    { name: 'its repetition', took: took.replay },
  ].map(({ name, took }) => ({ name, took: took.toSorted((a, b) => a - b) }));
  return {
    measured: kinds.flatMap(({ name, took }): Measured[] => [
      { name: `p50, ${name}`, unit: 'ms', value: percentile(took, 0.5) },
      { name: `p99, ${name}`, unit: 'ms', value: percentile(took, 0.99) },
    ]),
    plots: [
      {
        title: 'Orders',
        x: 'percent of the orders',
        y: 'response within ms',
        series: kinds.map(({ name, took }) => ({ name, points: percentileCurve(took) })),
      },
    ],
  };
}

async function start(stops: Stops) {
  const choice = chooseRedis({ PATH: process.env['PATH'] });
  if (choice.kind !== 'own') throw new Error('no redis-server on the PATH');
  const [redisPort = 0] = await freePorts(1);
  await stops.add(startRedis({ executable: choice.executable, port: redisPort })).ready();
  const launch = async (
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    url: string,
  ): Promise<void> => {
    const process = startProcess({ args, cwd: root, env });
    await stops.add(withReadiness({ name, process, probe: () => respondsOk(url) })).ready();
  };
  const upstreams = await startUpstreams(launch);
  const gateway = async ({ name, args, env }: ReturnType<typeof ourGateway>) => {
    const [port = 0] = await freePorts(1);
    const origin = `http://127.0.0.1:${port}`;
    const given = { REDIS_URL: `redis://127.0.0.1:${redisPort}`, NODE_ENV: 'production', PORT: String(port) };
    await launch(name, args, { ...upstreams, ...env, ...given }, `${origin}/health/ready`);
    const pool = new Pool(origin);
    stops.add({ stop: () => pool.close() });
    return (key: string) => placeOrder(pool, key);
  };
  const place = {
    layered: await gateway(ourGateway('with the layer')),
    without: await gateway(unlayeredGateway()),
  };
  const redis = new Redis(redisPort);
  stops.add({ stop: async () => redis.disconnect() });
  return { place, redis };
}

async function placeOrder(pool: Pool, key: string): Promise<void> {
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/api/orders',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: BODY,
  });
  await body.dump();
  if (statusCode !== 201) throw new Error(`status ${statusCode} for an order`);
}

/** Each transition of a record is one script. The commands inside a script are no round trips. */
async function scriptCalls(redis: Redis): Promise<number> {
  const stats = await redis.info('commandstats');
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );
}
