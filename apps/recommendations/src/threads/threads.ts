import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';

/** The functions that a module exports for threads. */
type Tasks<Exports> = { readonly [Name in keyof Exports]: (task: never) => unknown };

interface ThreadsOptions {
  /** Address of the module, without the extension. */
  readonly module: URL;
  /** Number of threads. 0 means one thread that exits when it is idle, so that its memory is free. */
  readonly count: number;
  /** Time without a task after which a thread exits if `count` is 0, in milliseconds. Default 0. */
  readonly idleMs?: number;
  /** Largest heap of a thread for long-lived objects, in MiB. A thread that exceeds it exits alone. */
  readonly heapMiB: number;
}

/** Runs the functions of a module in worker threads. Replaces threads that exit. */
export class Threads<Exports extends Tasks<Exports>> {
  readonly pool: Piscina<unknown, unknown>;

  constructor({ module, count, idleMs = 0, heapMiB }: ThreadsOptions) {
    removeHeapFlags();
    this.pool = new Piscina({
      // `.ts` when run from source, `.js` when compiled.
      filename: `${module.href}${extname(import.meta.url)}`,
      // Constant, because a growing piscina can lose the tasks of a thread that exits.
      minThreads: count,
      maxThreads: Math.max(1, count),
      idleTimeout: idleMs,
      // By default, a task that finds all threads busy returns to the end of the queue, and later tasks overtake it.
      stricterFIFO: true,
      // Without this and the empty `env`, each thread would load the process's `--import` and start its own telemetry.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMiB, maxYoungGenerationSizeMb: 4 },
      env: {},
    });
  }

  /** @throws the error of the function, or of a thread that exits during the task */
  run<Name extends keyof Exports & string>(
    name: Name,
    task: Parameters<Exports[Name]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<Exports[Name]>> {
    return this.pool.run(task, { name, signal: signal ?? null }) as Promise<ReturnType<Exports[Name]>>;
  }

  /** Safe to call twice. */
  stop(): Promise<void> {
    return this.pool.destroy();
  }
}

/**
 * Removes flags of the command line that override the limits of every thread (nodejs/node#43991). Otherwise each thread could use as
 * much memory as the process. The heap of the main thread keeps its limits, because V8 has read the flags already.
 */
function removeHeapFlags(): void {
  setFlagsFromString('--max-old-space-size=0');
  setFlagsFromString('--max-semi-space-size=0');
}
