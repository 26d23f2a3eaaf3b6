import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { freePorts } from '../../deploy/local/ports.ts';
import { build } from '../../deploy/local/build.ts';
import { startProcess } from '../../deploy/local/process.ts';
import { withReadiness } from '../../deploy/local/readiness.ts';
import { LOCAL_IDEMPOTENCY_SECRET, root, serviceArguments } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { compile } from './compile.ts';
import type { Usage } from './gateways/usage.ts';
import { median } from './median.ts';

const REQUESTS = 4_000;
const WARM_UP = 60_000;
const AT_A_TIME = 8;
const ROUNDS = 9;

/** The requests whose cost is measured, by the status of their response. */
const PATHS = { 503: '/api/products/alien-1979', 404: '/api/nowhere' };
type Status = keyof typeof PATHS;
const GOALS: Readonly<Record<Status, string>> = { 503: '≤ 1.5', 404: '≤ 2' };
const statuses: readonly Status[] = [503, 404];

interface Server {
  readonly name: string;
  /** Sends `count` requests. Resolves with the CPU time of a request in microseconds. */
  readonly cost: (count: number) => Promise<number>;
}

/** The two servers to compare with, and our gateway in the state in which it sends this status. */
const subjects = (status: Status) => [
  { name: 'node:http', args: ['test/bench/rejections/servers.ts', 'node:http'], env: {} },
  { name: 'fastify alone', args: ['test/bench/rejections/servers.ts', 'fastify'], env: {} },
  {
    name: 'our gateway',
    args: [...serviceArguments('gateway').slice(0, -1), compile('test/bench/rejections/gateway.ts')],
    env: {
      // No request reaches them.
      CATALOG_URL: 'http://127.0.0.1:9',
      RECOMMENDATIONS_URL: 'http://127.0.0.1:9',
      IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
      ...(status === 503 && {
        OVERLOAD_STRATEGY: 'fixed',
        OVERLOAD_LIMIT_INITIAL: '1',
        OVERLOAD_QUEUE: '0',
      }),
    },
  },
];

async function startSubject(
  { name, args, env }: ReturnType<typeof subjects>[number],
  status: Status,
  stops: Stops,
): Promise<Server> {
  const [port = 0, usagePort = 0] = await freePorts(2);
  const origin = `http://127.0.0.1:${port}`;
  const running = startProcess({
    args: ['--import', './test/bench/gateways/usage.ts', ...args],
    cwd: root,
    env: {
      ...process.env,
      ...env,
      NODE_ENV: 'production',
      PORT: String(port),
      USAGE_PORT: String(usagePort),
    },
  });
  const pool = new Pool(origin);
  const send = async (): Promise<number> => {
    const { statusCode, body } = await pool.request({ method: 'GET', path: PATHS[status] });
    await body.dump();
    return statusCode;
  };
  const probe = async (): Promise<boolean> => {
    // The request that never ends: the first one takes the permit.
    if (status === 503 && name === 'our gateway') fetch(`${origin}/held`).catch(() => undefined);
    return (await send().catch(() => 0)) === status;
  };
  await stops.add(withReadiness({ name, process: running, probe })).ready();
  stops.add({ stop: () => pool.close() });
  const cpuUs = async (): Promise<number> =>
    ((await (await fetch(`http://127.0.0.1:${usagePort}`)).json()) as Usage).cpuUs;
  return {
    name,
    async cost(count) {
      const before = await cpuUs();
      let left = count;
      const oneAfterAnother = async (): Promise<void> => {
        while (left-- > 0)
          if ((await send()) !== status) throw new Error(`${name} sent another status than ${status}`);
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, oneAfterAnother));
      return ((await cpuUs()) - before) / count;
    },
  };
}

/** Measures the servers in turn, so that all of them run under the same conditions. */
async function measure(status: Status, report: (progress: string) => void): Promise<Measured[]> {
  const stops = new Stops();
  try {
    const servers: Server[] = [];
    for (const subject of subjects(status)) servers.push(await startSubject(subject, status, stops));
    for (const server of servers) await server.cost(WARM_UP);
    const rounds: number[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      report(`${status}: round ${round} of ${ROUNDS}`.padEnd(60));
      const costs: number[] = [];
      for (const server of servers) costs.push(await server.cost(REQUESTS));
      rounds.push(costs);
      await sleep(200);
    }
    const ratio = (subject: number): number => median(rounds.map((costs) => costs[subject]! / costs[0]!));
    return [
      {
        name: `our gateway: ${status} / bare ${status}`,
        unit: 'ratio',
        value: ratio(2),
        goal: GOALS[status],
      },
      { name: `fastify alone: ${status} / bare ${status}`, unit: 'ratio', value: ratio(1) },
      ...servers.map<Measured>(({ name }, index) => ({
        name: `${name}: CPU per ${status}`,
        unit: 'µs',
        value: median(rounds.map((costs) => costs[index]!)),
      })),
    ];
  } finally {
    await stops.stop();
  }
}

export const rejectionsBenchmark: Benchmark = {
  name: 'rejections',
  question: 'What does a rejection cost, and a request for an unknown path?',
  load: `${REQUESTS} requests, ${AT_A_TIME} at a time, ${ROUNDS} interleaved rounds after ${WARM_UP} requests of warm-up, median`,
  async run(report) {
    await build(root, () => undefined);
    const measured: Measured[] = [];
    for (const status of statuses) measured.push(...(await measure(status, report)));
    return { measured };
  },
};
