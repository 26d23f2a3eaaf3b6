import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../../deploy/local/build.ts';
import { freeServicePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { type ServiceName, root, services } from '../../deploy/local/services.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { median } from './median.ts';

const ROUNDS = 3;
const REST_S = 30;
const READY_WITHIN_MS = 120_000;

const MEMORY_GOAL = '≤ 150';
/** Services with another goal: catalog holds the embedded database. */
const memoryGoals: Readonly<Record<string, string>> = { catalog: '≤ 500' };

interface Demo {
  readonly readyMs: number;
  /** By service. */
  readonly pids: ReadonlyMap<string, number>;
  stop(): Promise<unknown>;
}

/** Starts the demo like a user. Resolves when it reports that everything runs. */
async function startDemo(dataDir: string): Promise<Demo> {
  const ports = await freeServicePorts();
  const chosen = services.map(({ name, portVariable }) => [portVariable, String(ports[name])]);
  const ready = Promise.withResolvers<number>();
  const pids = new Map<string, number>();
  const began = performance.now();
  const demo = startProgram({
    command: process.execPath,
    args: ['--import', './deploy/local/node-version.js', 'deploy/local/demo.ts'],
    cwd: root,
    env: { ...process.env, ...Object.fromEntries(chosen), DATA_DIR: dataDir },
    onLine({ text }) {
      const [, name, pid] = /([\w-]+) started, pid (\d+)/.exec(text) ?? [];
      if (name !== undefined) pids.set(name, Number(pid));
      if (text === 'The film store runs.') ready.resolve(performance.now() - began);
    },
  });
  const failed = demo.exited.then(() => 'it ended');
  const late = sleep(READY_WITHIN_MS, 'it took too long', { ref: false });
  const seen = await Promise.race([ready.promise, failed, late]);
  if (typeof seen === 'number') return { readyMs: seen, pids, stop: () => demo.stop() };
  await demo.stop();
  throw new Error([`the demo did not start, ${seen}:`, ...demo.lastLines()].join('\n'));
}

const residentMiB = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;

interface Start {
  readonly readyMs: number;
  /** Memory of each service at rest, in MiB. */
  readonly memory: ReadonlyMap<ServiceName, number> | undefined;
}

/** Reads the memory of each service after a rest, in MiB. */
async function memoryAtRest({ pids }: Demo): Promise<Map<ServiceName, number>> {
  await sleep(REST_S * 1000);
  return new Map(services.map(({ name }) => [name, residentMiB(pids.get(name) ?? Number.NaN)]));
}

/** Starts the demo, waits if memory is measured, and stops it. */
async function startOnce(dataDir: string, rest: boolean): Promise<Start> {
  const demo = await startDemo(dataDir);
  try {
    return { readyMs: demo.readyMs, memory: rest ? await memoryAtRest(demo) : undefined };
  } finally {
    await demo.stop();
  }
}

export const startBenchmark: Benchmark = {
  name: 'start',
  question: 'How soon does the demo run, and how much memory do its services use?',
  load: `the built demo, ${ROUNDS} times with an empty data directory and again with its data, median; memory ${REST_S} s after the last two starts, the greater`,
  async run(report) {
    await build(root, () => undefined);
    const firsts: Start[] = [];
    const laters: Start[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      report(`round ${round} of ${ROUNDS}`);
      const dataDir = await mkdtemp(join(tmpdir(), 'film-store-'));
      try {
        firsts.push(await startOnce(dataDir, round === ROUNDS));
        laters.push(await startOnce(dataDir, round === ROUNDS));
      } finally {
        await rm(dataDir, { recursive: true, force: true });
      }
    }
    const memory = [...firsts, ...laters].flatMap((start) => start.memory ?? []);
    const readyS = (starts: readonly Start[]): number => median(starts.map(({ readyMs }) => readyMs)) / 1000;
    return {
      measured: [
        {
          name: 'first start',
          unit: 's',
          value: readyS(firsts),
          goal: '≤ 12',
        },
        {
          name: 'later start',
          unit: 's',
          value: readyS(laters),
          goal: '≤ 6',
        },
        ...services.map(({ name }): Measured => ({
          name: `${name}: memory at rest`,
          unit: 'MiB',
          value: Math.max(...memory.map((held) => held.get(name) ?? Number.NaN)),
          goal: memoryGoals[name] ?? MEMORY_GOAL,
        })),
      ],
    };
  },
};
