import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ResilienceExecutor } from '@film-store/core';
import { freePorts } from '../../../deploy/local/ports.ts';
import { chooseRedis } from '../../../deploy/local/redis.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { startDelayingProxy } from '../test/delaying-proxy.ts';
import { unguarded } from '../test/unguarded.ts';
import { RECORD_DEFAULTS } from './record.ts';
import { redisStore } from './redis-store.ts';

const url = process.env.TEST_REDIS_URL ?? '';
const response = { status: 201, headers: {}, body: Buffer.from('{}') };
/** Options of a service's client: commands fail soon, and none is sent twice. */
const strictOptions = {
  commandTimeout: 200,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
};

describe.runIf(url)('in Redis', () => {
  const redis = new Redis(url, { lazyConnect: true });
  const store = redisStore(unguarded(redis));
  afterEach(() => void vi.useRealTimers());
  afterAll(() => redis.disconnect());

  it('a record is one hash under its id, and expires after a day', async () => {
    const id = randomUUID();
    await store.claim(id, { owner: 'a', fingerprint: '1:a' });
    expect(await redis.type(`idem:1:{${id}}`)).toBe('hash');
    for (const write of [
      () => store.renew(id, 'a'),
      () => store.markUnknown(id, 'a'),
      () => store.claim(id, { owner: 'b', fingerprint: '1:a' }),
      () => store.complete(id, 'b', response),
    ]) {
      await redis.pexpire(`idem:1:{${id}}`, 1000);
      await write();
      expect(await redis.pttl(`idem:1:{${id}}`)).toBeGreaterThan(86_000_000);
    }
    expect(await redis.pttl(`idem:1:{${id}}`)).toBeLessThanOrEqual(86_400_000);
  });

  it('replays a response without an origin, as earlier versions recorded it', async () => {
    const id = randomUUID();
    const head = '{"status":201,"headers":{}}';
    const record = { state: 'completed', fingerprint: '1:a', head, body: '{}' };
    await redis.hset(`idem:1:{${id}}`, record);
    const { response: replayed } = (await store.claim(id, { owner: 'b', fingerprint: '1:a' })) as {
      response: object;
    };
    expect(replayed).toStrictEqual(response);
  });

  it('every transition is one round trip', async () => {
    const send = vi.spyOn(redis, 'sendCommand');
    const id = randomUUID();
    await store.claim(id, { owner: 'a', fingerprint: '1:a' });
    await store.complete(id, 'a', response);
    expect(send).toHaveBeenCalledTimes(2);
    await store.claim(id, { owner: 'b', fingerprint: '1:a' });
    expect(send).toHaveBeenCalledTimes(3);
    send.mockRestore();
  });

  it('sends the scripts again after Redis lost them', async () => {
    await store.claim(randomUUID(), { owner: 'a', fingerprint: '1:a' });
    await redis.script('FLUSH');
    expect(await store.claim(randomUUID(), { owner: 'a', fingerprint: '1:a' })).toEqual({
      outcome: 'claimed',
    });
  });

  it.each([3_600_000, -3_600_000])("34: this machine's clock is off by %i ms: no effect", async (ms) => {
    const id = randomUUID();
    await store.claim(id, { owner: 'a', fingerprint: '1:a' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
    const { outcome } = await store.claim(id, { owner: 'b', fingerprint: '1:a' });
    expect(outcome).toBe('busy');
  });

  it('28: a claim whose reply is late is found already owned', async () => {
    const proxy = await startDelayingProxy(url);
    const behind = new Redis({ port: proxy.port, lazyConnect: true });
    await behind.connect();
    try {
      const id = randomUUID();
      const late = proxy.delayNextReply().then(() => Promise.reject(new Error('late')));
      /** Timeouts of the first and the second call. */
      const timeouts = [late, new Promise<never>(() => undefined)];
      const limited: ResilienceExecutor<Redis> = {
        execute: (work) => Promise.race([work(behind), ...timeouts.splice(0, 1)]),
      };
      expect(await redisStore(limited).claim(id, { owner: 'a', fingerprint: '1:a' })).toEqual({
        outcome: 'already-owned',
      });
      expect(await store.claim(id, { owner: 'b', fingerprint: '1:a' })).toMatchObject({ outcome: 'busy' });
    } finally {
      behind.disconnect();
      await proxy.close();
    }
  });
});

it('a claim fails at once without a Redis', async () => {
  const redis = new Redis({ ...strictOptions, port: 1, lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  await expect(
    redisStore(unguarded(redis)).claim('id', { owner: 'a', fingerprint: '1:a' }),
  ).rejects.toThrow();
  redis.disconnect();
});

const choice = chooseRedis({ PATH: process.env.PATH });

describe.runIf(choice.kind === 'own')('in a Redis Cluster', () => {
  let server: ChildProcess;
  let folder: string;
  let cluster: Cluster;

  beforeAll(async () => {
    const [port = 0, bus = 0] = await freePorts(2);
    folder = await mkdtemp(join(tmpdir(), 'redis-cluster-'));
    const settings = {
      port,
      'cluster-enabled': 'yes',
      'cluster-port': bus,
      bind: '127.0.0.1',
      'cluster-announce-ip': '127.0.0.1',
      save: '',
      dir: folder,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    server = spawn(choice.kind === 'own' ? choice.executable : '', args, { stdio: 'ignore' });
    const node = new Redis({ port, lazyConnect: true, maxRetriesPerRequest: null });
    node.on('error', () => undefined);
    await node.connect().catch(() => undefined);
    await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await eventually(async () => {
      if (!(await node.cluster('INFO')).includes('cluster_state:ok')) throw new Error('not ready');
    });
    node.disconnect();
    cluster = new Cluster([{ host: '127.0.0.1', port }], { redisOptions: strictOptions });
    await once(cluster, 'ready');
  });
  afterAll(async () => {
    server.kill('SIGKILL');
    await once(server, 'close');
    cluster.disconnect();
    await rm(folder, { recursive: true });
  });

  it('a record is claimed, completed and replayed', async () => {
    const store = redisStore(unguarded(cluster), RECORD_DEFAULTS);
    for (const id of [randomUUID(), randomUUID(), randomUUID()]) {
      expect(await store.claim(id, { owner: 'a', fingerprint: '1:a' })).toEqual({ outcome: 'claimed' });
      expect(await store.renew(id, 'a')).toBe(true);
      expect(await store.complete(id, 'a', response)).toBe(true);
      expect(await store.claim(id, { owner: 'b', fingerprint: '1:a' })).toEqual({
        outcome: 'completed',
        response,
      });
    }
  });
});
