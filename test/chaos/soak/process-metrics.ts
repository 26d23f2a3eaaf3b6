import { readdir, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Call, inspect } from './inspector.ts';

const READINGS = 5;
const BETWEEN_MS = 200;
const NS_PER_MS = 1e6;
const BYTES_PER_MIB = 2 ** 20;

/** What a process holds. */
export interface ProcessMetrics {
  /** JavaScript's objects, after all garbage was collected, in MiB. */
  readonly heapMiB: number;
  /** What objects hold outside of the heap, buffers above all, in MiB. */
  readonly externalMiB: number;
  readonly rssMiB: number;
  /** What keeps the event loop alive: sockets, servers, timers, watched files, requests under way. */
  readonly handles: number;
  /** Open file descriptors, and the sockets among them; absent where there is no `/proc`. */
  readonly files?: number;
  readonly sockets?: number;
  /** The 99th percentile of the event loop's delay since it was last read, in milliseconds; 0 the first time. */
  readonly loopDelayMs: number;
}

/** Runs in the process. Plain JavaScript, and nothing of it stays but the histogram. */
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
 * Looks at a process some times within a second, collects its garbage each time, and tells the least of each: what is
 * under way for a moment is no leak, and what leaks is there every time.
 * @param inspectorUrl of a process started with `--inspect`, whose code needs to know nothing of it
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
    // Its collections, half a second of them, are no delay that its clients see.
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

/** `undefined` where the system has no `/proc`. */
async function countFiles(pid: number): Promise<{ files: number; sockets: number } | undefined> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => undefined);
  if (!names) return undefined;
  // One may be closed before it is looked at.
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return {
    files: targets.filter((target) => target !== '').length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
  };
}
