import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, copyFileSync, existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts } from '../../deploy/local/ports.ts';

const run = promisify(execFile);

/** Finds the programs of a server: on the PATH, or in Debian's folders, newest version first. */
export function findPostgres(path = process.env.PATH ?? ''): string | undefined {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted(byVersion).toReversed();
  const programs = ['initdb', 'postgres', 'pg_basebackup'];
  return [...path.split(delimiter), ...debian].find((folder) =>
    programs.every((program) => existsSync(join(folder, program))),
  );
}

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

export interface TestPostgres extends TestServer {
  /** Makes it hang: it still accepts connections, and does not respond. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/**
 * Runs a server until descriptor 3 closes, which happens even if this process gets SIGKILL, and deletes its data in
 * `$0`. SIGINT ends the server without waiting for its clients.
 */
const TIED = '"$@" & server=$!; (read -r _ <&3; kill -INT $server) & wait $server; rm -rf "$0"; kill $!';

/**
 * Starts a PostgreSQL on a free port of 127.0.0.1, with a new cluster that is deleted on `stop`, or when this process
 * ends. With a certificate it supports TLS.
 */
export const startPostgres = (bin: string, tls?: Certificate): Promise<TestPostgres> =>
  startServer(bin, ['initdb', '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], tls);

/** Starts a PostgreSQL, like `startPostgres`, that replicates the server at `primary` by streaming. */
export const startReplica = (bin: string, primary: string): Promise<TestPostgres> =>
  startServer(bin, ['pg_basebackup', '-d', primary, '-R', '-X', 'stream', '-c', 'fast', '--no-sync']);

interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a cluster with a program of PostgreSQL and its options, and starts it. */
async function startServer(
  bin: string,
  [program = '', ...options]: readonly string[],
  tls?: Certificate,
): Promise<TestPostgres> {
  const data = mkdtempSync(join(tmpdir(), 'film-store-postgres-'));
  const owner = await unprivileged();
  if (owner) chownSync(data, owner.uid, owner.gid);
  const as = { ...owner, cwd: data };
  await run(join(bin, program), [...options, '-D', data], as);

  const [port] = await freePorts(1);
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...(tls && keepCertificate(tls, data, owner)),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const shell = spawn('sh', ['-c', TIED, data, join(bin, 'postgres'), '-D', data, ...args], {
    ...as,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  const [stderr, tie] = shell.stdio.slice(2) as [Readable, Writable];
  const exited = once(shell, 'exit');
  await new Promise<void>((resolve, reject) => {
    let log = '';
    stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (/ready to accept (?:read-only )?connections/.test(log)) resolve();
    });
    shell.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
  });
  const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
  /** Every connection is a child process in its own group. */
  const signal = async (name: 'SIGSTOP' | 'SIGCONT'): Promise<void> => {
    if (shell.exitCode !== null) return;
    const { stdout } = await run('pgrep', ['-P', String(pid)]);
    for (const each of [pid, ...stdout.trim().split('\n').map(Number)]) process.kill(each, name);
  };
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: async () => {
      tie.end();
      await exited;
    },
  };
}

/** PostgreSQL requires a key that only its own user can read. */
function keepCertificate(
  { certificate, key }: Certificate,
  data: string,
  owner: { uid: number; gid: number } | undefined,
) {
  const [certificateCopy, keyCopy] = [join(data, 'server.pem'), join(data, 'server.key')];
  copyFileSync(certificate, certificateCopy);
  copyFileSync(key, keyCopy);
  chmodSync(keyCopy, 0o600);
  for (const file of owner ? [certificateCopy, keyCopy] : []) chownSync(file, owner!.uid, owner!.gid);
  return { ssl: 'on', ssl_cert_file: certificateCopy, ssl_key_file: keyCopy };
}

/** Creates a database on a server. `stop` drops it, even with open connections. */
export async function createDatabase(server: string, prefix: string): Promise<TestServer> {
  const name = `${prefix}_${randomUUID().replaceAll('-', '')}`;
  const administer = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await administer(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, stop: () => administer(`drop database if exists ${name} with (force)`) };
}

/** PostgreSQL does not run as root. Debian's package has a user for it. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (userInfo().uid !== 0) return undefined;
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
