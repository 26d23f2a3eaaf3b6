import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from './ports.ts';
import { respondsToPing, chooseRedis, startRedis } from './redis.ts';

describe('the choice of a Redis', () => {
  let folder: string;
  const put = async (path: string, mode: number) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), '');
    await chmod(join(folder, path), mode);
  };
  const path = (...folders: string[]) => folders.map((name) => join(folder, name)).join(delimiter);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redis-'));
    await put('valkey/valkey-server', 0o755);
    await put('redis/redis-server', 0o755);
    await put('plain/redis-server', 0o644);
    await mkdir(join(folder, 'folder/redis-server'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'])('is the one of %s', (variable) => {
    expect(chooseRedis({ [variable]: 'x', PATH: path('redis') })).toEqual({ kind: 'configured', variable });
  });

  it('is otherwise a server on the PATH, Redis before Valkey', () => {
    const executable = join(folder, 'redis/redis-server');
    expect(chooseRedis({ REDIS_URL: '', PATH: path('valkey', 'redis') })).toEqual({
      kind: 'own',
      executable,
    });
    const other = join(folder, 'valkey/valkey-server');
    expect(chooseRedis({ PATH: path('valkey') })).toEqual({ kind: 'own', executable: other });
  });

  it('is memory without an executable server on the PATH', () => {
    expect(chooseRedis({ PATH: path('plain', 'folder', 'missing') })).toEqual({ kind: 'memory' });
    expect(chooseRedis({})).toEqual({ kind: 'memory' });
  });
});

const found = chooseRedis({ PATH: process.env['PATH'] });

describe.skipIf(found.kind !== 'own' && !process.env['CI'])('a Redis of our own', () => {
  const executable = found.kind === 'own' ? found.executable : 'redis-server';

  it('responds once it is ready, and has ended after its stop', async () => {
    const [port = 0] = await freePorts(1);
    const redis = startRedis({ executable, port });
    await redis.ready();
    expect(await respondsToPing(port)).toBe(true);
    await redis.stop();
    expect(await respondsToPing(port)).toBe(false);
  });

  it('ends after its supervisor is killed', async () => {
    const [port = 0] = await freePorts(1);
    const script = `
      import { startRedis } from ${JSON.stringify(new URL('redis.ts', import.meta.url).href)};
      await startRedis(${JSON.stringify({ executable, port })}).ready();
      console.log('ready');`;
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void supervisor.kill('SIGKILL'));
    await once(supervisor.stdout, 'data');
    expect(await respondsToPing(port)).toBe(true);
    supervisor.kill('SIGKILL');
    await expect.poll(() => respondsToPing(port), { timeout: 20_000 }).toBe(false);
  });
});
