import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster, Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../../deploy/local/ports.ts';
import type { RunningProcess } from '../../../deploy/local/process.ts';
import { startProgram } from '../../../deploy/local/program.ts';
import { chooseRedis } from '../../../deploy/local/redis.ts';
import { type Certificates, makeCertificates } from '../../../test/support/certificates.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { createRedisClient } from './redis-client.ts';
import type { RedisOptionsInput } from './options.ts';

const found = chooseRedis({ PATH: process.env.PATH });
const executable = found.kind === 'own' ? found.executable : '';
const PASSWORD = 'of-the-store';
const SENTINEL_PASSWORD = 'of-the-sentinel';

describe.skipIf(found.kind !== 'own')('a Redis with TLS and a password', () => {
  const running: RunningProcess[] = [];
  const clients: (Redis | Cluster)[] = [];
  let folder: string;
  let certificates: Certificates;
  let port: number;
  let sentinel: number;
  let node: number;

  const connect = (settings: RedisOptionsInput): Redis | Cluster => {
    const client = createRedisClient(settings, 2000);
    if (!client) throw new Error('no Redis is configured');
    clients.push(client);
    return client.on('error', () => undefined);
  };
  /** Repeats the ping until the connection is made. */
  const ping = (settings: RedisOptionsInput): Promise<string> => {
    const client = connect(settings);
    return eventually(() => client.ping());
  };
  /** Resolves with the message of the first connection error. */
  const connectionError = (settings: RedisOptionsInput): Promise<string> =>
    new Promise((resolve) => {
      const client = connect(settings);
      client.on('error', (error: Error & { lastNodeError?: Error }) =>
        resolve((error.lastNodeError ?? error).message),
      );
      client.on('ready', () => resolve('connected'));
    });

  const start = (args: readonly string[]): void => {
    const { ca, certificate, key } = certificates;
    const files = ['--tls-ca-cert-file', ca, '--tls-cert-file', certificate, '--tls-key-file', key];
    const tls = [...files, '--tls-auth-clients', 'no', '--tls-replication', 'yes', '--port', '0'];
    running.push(
      startProgram({ command: executable, args: [...args, ...tls, '--dir', folder], cwd: folder, env: {} }),
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redis-tls-'));
    certificates = makeCertificates();
    const [free = 0, freeForSentinel = 0, freeForNode = 0, bus = 0] = await freePorts(4);
    [port, sentinel, node] = [free, freeForSentinel, freeForNode];
    const ann = ['--user', 'ann', 'on', `>${PASSWORD}`, '~*', '&*', '+@all'];
    const common = ['--save', '', '--bind', '127.0.0.1', '--requirepass', PASSWORD, ...ann];
    start(['--tls-port', String(port), ...common]);
    const cluster = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', '--cluster-port', String(bus)];
    const announce = [
      '--cluster-announce-hostname',
      'localhost',
      '--cluster-preferred-endpoint-type',
      'hostname',
    ];
    start(['--tls-port', String(node), ...common, ...cluster, ...announce]);
    const file = join(folder, 'sentinel.conf');
    const lines = [
      'sentinel resolve-hostnames yes',
      'sentinel announce-hostnames yes',
      `sentinel monitor store localhost ${port} 1`,
      'sentinel auth-user store ann',
      `sentinel auth-pass store ${PASSWORD}`,
      `requirepass ${SENTINEL_PASSWORD}`,
    ];
    writeFileSync(file, lines.join('\n'));
    start([file, '--sentinel', '--tls-port', String(sentinel), '--bind', '127.0.0.1']);
    const direct = connect({
      url: `rediss://:${PASSWORD}@localhost:${node}`,
      tlsCaFile: certificates.ca,
    }) as Redis;
    await eventually(() => direct.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383'));
    await eventually(async () => {
      if (!(await direct.cluster('INFO')).includes('cluster_state:ok')) throw new Error('not yet a cluster');
    });
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    await Promise.all(running.map((process) => process.stop()));
    certificates.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const withCa = () => ({ tlsCaFile: certificates.ca });
  const url = (host = 'localhost') => ({ url: `rediss://ann:${PASSWORD}@${host}:${port}` });
  const sentinels = (): RedisOptionsInput => ({
    sentinels: `localhost:${sentinel}`,
    sentinelName: 'store',
    sentinelPassword: SENTINEL_PASSWORD,
    username: 'ann',
    password: PASSWORD,
    tls: true,
  });
  const cluster = (): RedisOptionsInput => ({
    clusterNodes: `localhost:${node}`,
    username: 'ann',
    password: PASSWORD,
    tls: true,
  });

  describe('accepts a client', () => {
    it.each([
      ['by its host name', () => ({ ...url(), ...withCa() })],
      [
        'with the password as an option of its own',
        () => ({ url: `rediss://localhost:${port}`, password: PASSWORD, ...withCa() }),
      ],
      ['through sentinels', () => ({ ...sentinels(), ...withCa() })],
      ['as a cluster', () => ({ ...cluster(), ...withCa() })],
    ])('%s', async (_, settings) => {
      expect(await ping(settings())).toBe('PONG');
    });
  });

  describe('a client rejects it', () => {
    it.each([
      ['with another certificate authority', () => ({ ...url(), tlsCaFile: certificates.otherCa })],
      ['with public certificate authorities', () => url()],
      ['under a name that is not in its certificate', () => ({ ...url('127.0.0.1'), ...withCa() })],
    ])('%s', async (_, settings) => {
      expect(await connectionError(settings())).toMatch(/certificate/);
    });

    // Only the authority differs from the accepted clients. ioredis does not report the reason.
    it.each([
      ['as a cluster', () => ({ ...cluster(), tlsCaFile: certificates.otherCa })],
      ['through sentinels', () => ({ ...sentinels(), tlsCaFile: certificates.otherCa })],
    ])('%s with another certificate authority', async (_, settings) => {
      expect(await connectionError(settings())).toMatch(/Connection is closed/);
    });
  });

  it('rejects another password', async () => {
    const settings = { url: `rediss://ann:of-another@localhost:${port}`, ...withCa() };
    expect(await connectionError(settings)).toMatch(/^WRONGPASS/);
  });

  it('rejects a client without TLS', async () => {
    expect(await connectionError({ url: `redis://ann:${PASSWORD}@localhost:${port}` })).toMatch(
      /closed|reset|ECONNRESET/i,
    );
  });
});
