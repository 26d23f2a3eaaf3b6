import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

/**
 * Creates the data directory of PGlite, unless it exists. PGlite needs 600 MiB for that, and half of it would stay with the process. So
 * a process of its own does it. The directory gets its name when it is complete.
 * @throws Error if the process fails
 */
export async function initializePglite(data: string): Promise<void> {
  if (existsSync(data)) return;
  await removeInterrupted(data);
  const initializing = await mkdtemp(`${data}-`);
  try {
    await initializeInProcess(join(initializing, 'data'));
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

async function initializeInProcess(data: string): Promise<void> {
  // `.ts` when run from source, `.js` when compiled.
  const module = new URL(`initialize-pglite-process${extname(import.meta.url)}`, import.meta.url);
  // Most of its code runs once, so optimizing it would take longer.
  const child = fork(module, [data], { env: {}, execArgv: ['--liftoff-only'] });
  const [code, signal] = (await once(child, 'exit')) as [code: number | null, signal: string | null];
  if (code !== 0) throw new Error(`PGlite could not initialize ${data}: ${signal ?? `exit code ${code}`}`);
}
