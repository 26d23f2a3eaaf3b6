import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeCatalog } from '../../apps/recommendations/test/fake-catalog.ts';
import { film } from '../../apps/recommendations/test/films.ts';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import { startService } from '../../deploy/local/services.ts';

const catalog = new FakeCatalog();
catalog.films = Array.from({ length: 500 }, (_, index) => film(`film-${index}`));
let directory: string;
let file: string;
let catalogUrl: string;
let port: number;
let lines: string[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'damaged-file-'));
  file = join(directory, 'recommendations.sqlite');
  catalogUrl = await catalog.start();
  [port = 0] = await freePorts(1);
  lines = [];
});
afterEach(async () => {
  await catalog.stop();
  await rm(directory, { recursive: true });
});

async function start(): Promise<Service> {
  const env = { ...process.env, CATALOG_URL: catalogUrl, DATA_DIR: directory, DRAIN_WAIT_MS: '0' };
  const service = startService({
    name: 'recommendations',
    port,
    env,
    onLine: ({ text }) => lines.push(text),
  });
  await service.ready();
  return service;
}

const recommend = () => fetch(`http://localhost:${port}/recommendations?productId=film-7`);

it('recommendations that find damage delete their file and stop, and a restart reads all data again', async () => {
  await (await start()).stop();
  const service = await start();
  writeFileSync(file, readFileSync(file).fill(0xff));
  expect((await recommend()).status).toBe(500);
  expect(await service.exited).toEqual({ code: 1, signal: null });
  expect(lines.filter((line) => line.includes('"database.damaged"'))).toHaveLength(1);
  expect(existsSync(file)).toBe(false);
  const restarted = await start();
  expect((await recommend()).status).toBe(200);
  await restarted.stop();
});
