import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../../../deploy/local/ports.ts';
import { startProcess } from '../../../../deploy/local/process.ts';
import { root, serviceArguments } from '../../../../deploy/local/services.ts';
import type { ScaleFigure, ScaleStore } from '../store.ts';
import { createMemoryLimit } from '../../../support/memory-limit.ts';
import type { ProcessUsage } from './usage.ts';

/** Memory of recommendations in Kubernetes, in MiB. */
const MEMORY_MIB = 256;
const POLL_MS = 100;
/** Longer than a read of all films and the build of a model. */
const STUCK_MS = 600_000;
const USAGE = './test/bench/scale/recommendations/usage.ts';

/** The part of its health report that a benchmark reads. Members are `undefined` before it responds. */
interface State {
  /** Number of the model in this process, from 1. */
  readonly version: number | undefined;
  /** Position in the order feed up to which orders are counted. */
  readonly cursor: number | undefined;
}

/** A running process of recommendations. */
export interface Subject {
  readonly url: string;
  /** Set if its memory has the limit of the manifests. */
  readonly isLimited: boolean;
  /** Milliseconds since its start. */
  age(): number;
  readState(): Promise<State>;
  /** Waits until `isReached`, with progress. @throws Error if the process ends before, or reports the same for ten minutes */
  waitFor(isReached: (state: State) => boolean, report?: (state: State) => void): Promise<void>;
  /** `reset` begins a new period of the event loop's delay. */
  readUsage(reset?: 'reset'): Promise<ProcessUsage>;
  stop(): Promise<unknown>;
}

/** Starts recommendations with its files in the directory of the store, and with the memory of the manifests where possible. */
export async function startSubject({ catalog, directory, stops }: ScaleStore): Promise<Subject> {
  const [port = 0, usagePort = 0] = await freePorts(2);
  const limit = await createMemoryLimit(MEMORY_MIB);
  if (limit) stops.add(limit);
  const began = performance.now();
  const start = () =>
    startProcess({
      args: ['--import', USAGE, ...serviceArguments('recommendations')],
      cwd: root,
      env: {
        ...process.env,
        CATALOG_URL: catalog.url,
        DATA_DIR: directory,
        LOG_LEVEL: 'error',
        PORT: String(port),
        USAGE_PORT: String(usagePort),
      },
    });
  const service = stops.add(limit ? limit.apply(start) : start());
  let hasEnded = false;
  void service.exited.then(() => (hasEnded = true));
  const url = `http://127.0.0.1:${port}`;
  const subject: Subject = {
    url,
    isLimited: limit !== undefined,
    age: () => performance.now() - began,
    readState: () => readState(url),
    async waitFor(isReached, report = () => undefined) {
      let last = '';
      let changedAt = performance.now();
      for (;;) {
        const state = await readState(url);
        if (isReached(state)) return;
        if (last !== (last = JSON.stringify(state))) changedAt = performance.now();
        if (hasEnded || performance.now() - changedAt > STUCK_MS)
          throw new Error(['recommendations ended or made no progress:', ...service.lastLines()].join('\n'));
        report(state);
        await sleep(POLL_MS);
      }
    },
    readUsage: async (reset) =>
      (await (await fetch(`http://127.0.0.1:${usagePort}/${reset ?? ''}`)).json()) as ProcessUsage,
    stop: () => service.stop(),
  };
  return subject;
}

async function readState(url: string): Promise<State> {
  try {
    const response = await fetch(`${url}/health/ready`);
    const { details } = (await response.json()) as {
      details: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    return {
      version: details['model']?.['version'] as number | undefined,
      cursor: details['sales']?.['cursor'] as number | undefined,
    };
  } catch {
    return { version: undefined, cursor: undefined };
  }
}

/** Returns the figure of the largest memory until the end of `phase`. It has a goal only if the memory had its limit. */
export const toMemoryFigure = ({ isLimited }: Subject, phase: string, peakMiB: number): ScaleFigure => ({
  plot: 'Memory of recommendations',
  unit: 'MiB',
  value: peakMiB,
  ...(isLimited
    ? { name: `largest memory of ${MEMORY_MIB} MiB, ${phase}`, goal: `≤ ${MEMORY_MIB}` as const }
    : { name: `largest memory without a limit, ${phase}` }),
});
