import { cpSync, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { platform } from '../../platform.config.ts';
import { toServices } from '../platform/derived.ts';
import { root } from './services.ts';

/**
 * Gives each service that stores data in a database an empty embedded one, in its folder of `dataDir`. A service would create
 * the same, which takes 3 s of CPU time.
 */
export async function createEmbeddedDatabases(dataDir: string): Promise<void> {
  for (const { name, stores } of toServices(platform))
    if (stores.includes('database')) await createEmbeddedDatabase(join(dataDir, name));
}

/** Creates an empty embedded database in the data directory of one service. */
export async function createEmbeddedDatabase(directory: string): Promise<void> {
  cpSync(await provideCluster(), join(directory, 'pglite'), { recursive: true });
}

/** Returns the folder of an empty database. The first call with a version of PGlite creates it. */
async function provideCluster(): Promise<string> {
  const description = await readFile(findPackageJSON('@electric-sql/pglite', import.meta.url)!, 'utf8');
  const { version } = JSON.parse(description) as { version: string };
  const cluster = join(root, 'node_modules/.cache/pglite', version);
  if (existsSync(cluster)) return cluster;
  const { PGlite } = await import('@electric-sql/pglite');
  await mkdir(dirname(cluster), { recursive: true });
  const created = await mkdtemp(`${cluster}-`);
  await (await PGlite.create(created)).close();
  // Another process may have been faster.
  await rename(created, cluster).catch(() => rm(created, { recursive: true }));
  return cluster;
}
