import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/**
 * Creates the data directory of PGlite, unless it exists. PGlite needs 600 MiB for that, and half of it would stay with the process. So
 * a process of its own does it. The directory gets its name when it is complete.
 * @param signal ends the process when it aborts
 * @throws Error if the process fails, or the reason of `signal`
 */
export async function initializePglite(data: string, signal?: AbortSignal): Promise<void> {
  if (existsSync(data)) return;
  await removeInterrupted(data);
  const initializing = await mkdtemp(`${data}-`);
  try {
    await initializeInProcess(join(initializing, 'data'), signal);
    await rename(join(initializing, 'data'), data);
  } finally {
    await rm(initializing, { recursive: true, force: true });
  }
}

/** Removes what a killed process has left. */
async function removeInterrupted(data: string): Promise<void> {
  const directory = dirname(data);
  const left = (await readdir(directory)).filter((name) => name.startsWith(`${basename(data)}-`));
  for (const name of left) await rm(join(directory, name), { recursive: true, force: true });
}

async function initializeInProcess(data: string, signal?: AbortSignal): Promise<void> {
  // `.ts` when run from source, `.js` when compiled.
  const module = new URL(`initialize-pglite-process${extname(import.meta.url)}`, import.meta.url);
  // Most of its code runs once, so optimizing it would take longer.
  const execArgv = ['--liftoff-only'];
  const child = fork(module, [data], { env: {}, execArgv, killSignal: 'SIGKILL', ...(signal && { signal }) });
  const { promise: end, resolve, reject } = Promise.withResolvers<number | string | null>();
  child.once('exit', (code, killedBy) => resolve(killedBy ?? code));
  // The end of an aborted process follows. Until then it may write files.
  child.once('error', (error) => signal?.aborted || reject(error));
  const how = await end;
  signal?.throwIfAborted();
  if (how !== 0) throw new Error(`PGlite could not initialize ${data}: it ended with ${how}`);
}
