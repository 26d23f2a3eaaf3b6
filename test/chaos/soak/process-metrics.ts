import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Call, inspect } from './inspector.ts';

const READINGS = 5;
const BETWEEN_MS = 200;
const NS_PER_MS = 1e6;
const BYTES_PER_MIB = 2 ** 20;

/** Resources that a process holds. */
export interface ProcessMetrics {
  /** JavaScript objects after a full garbage collection, in MiB. */
  readonly heapMiB: number;
  /** Memory that objects hold outside the heap, mainly buffers, in MiB. */
  readonly externalMiB: number;
  readonly rssMiB: number;
  /** Handles that keep the event loop alive: sockets, servers, timers, watched files, pending requests. */
  readonly handles: number;
  /** Open file descriptors, and the sockets among them. Absent without `/proc`. */
  readonly files?: number;
  readonly sockets?: number;
  /** 99th percentile of the event loop delay since the last reading, in milliseconds; 0 the first time. */
  readonly loopDelayMs: number;
}

/** Runs in the process. It is plain JavaScript, and leaves only the histogram behind. */
const LOOK = `(() => {
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss, handles: process.getActiveResourcesInfo().length };
})()`;
const LOOP_DELAY = `(() => {
  const delay = (globalThis.loopDelaySeen ??= process.getBuiltinModule('node:perf_hooks').monitorEventLoopDelay());
  delay.enable();
  const p99 = delay.count === 0 ? 0 : delay.percentile(99);
  delay.reset();
  return p99;
})()`;

const evaluated = z.object({
  result: z.object({ value: z.unknown().optional(), description: z.string().optional() }),
  exceptionDetails: z.unknown().optional(),
});
const look = z.object({ heapUsed: z.number(), external: z.number(), rss: z.number(), handles: z.number() });

/**
 * Reads a process several times within a second, with a garbage collection each time, and returns the smallest values:
 * work in flight is no leak, and a leak is in every reading.
 * @param inspectorUrl of a process started with `--inspect`; its code needs no change
 */
export async function readProcessMetrics(pid: number, inspectorUrl: string): Promise<ProcessMetrics> {
  return inspect(inspectorUrl, async (call) => {
    const loopDelayMs = z.number().parse(await evaluate(call, LOOP_DELAY)) / NS_PER_MS;
    const looks = [];
    const opened = [];
    for (let nth = 0; nth < READINGS; nth++) {
      if (nth > 0) await sleep(BETWEEN_MS);
      await call('HeapProfiler.collectGarbage');
      looks.push(look.parse(await evaluate(call, LOOK)));
      opened.push(await countFiles(pid));
    }
    const least = (values: readonly number[]): number => Math.min(...values);
    const seen = opened.filter((files) => files !== undefined);
    // The collections take half a second. Clients do not see them as delay.
    await evaluate(call, LOOP_DELAY);
    return {
      heapMiB: least(looks.map(({ heapUsed }) => heapUsed)) / BYTES_PER_MIB,
      externalMiB: least(looks.map(({ external }) => external)) / BYTES_PER_MIB,
      rssMiB: least(looks.map(({ rss }) => rss)) / BYTES_PER_MIB,
      handles: least(looks.map(({ handles }) => handles)),
      ...(seen.length > 0 && {
        files: least(seen.map(({ files }) => files)),
        sockets: least(seen.map(({ sockets }) => sockets)),
      }),
      loopDelayMs,
    };
  });
}

async function evaluate(call: Call, expression: string): Promise<unknown> {
  const record = await call('Runtime.evaluate', { expression, returnByValue: true });
  const { result, exceptionDetails } = evaluated.parse(record);
  if (exceptionDetails !== undefined) throw new Error(`it threw: ${result.description}`);
  return result.value;
}

/** Returns `undefined` without `/proc`. */
async function countFiles(pid: number): Promise<{ files: number; sockets: number } | undefined> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return undefined;
  // A descriptor may be closed before it is read.
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return {
    files: targets.filter((target) => target !== '').length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
  };
}
