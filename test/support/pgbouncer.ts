import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import { startProgram } from '../../deploy/local/program.ts';
import { withReadiness } from '../../deploy/local/readiness.ts';
import type { TestServer } from './postgres.ts';

/** Searches the PATH and Debian's folder. */
const program = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find((path) => existsSync(path));

/**
 * Runs a suite that needs PgBouncer and the PostgreSQL of `TEST_DATABASE_URL`. Without PgBouncer it skips the suite
 * with a note, and throws with `CI=true`.
 */
export function describeWithPgbouncer(title: string, suite: () => void): void {
  const missing = 'PgBouncer: not found (install pgbouncer)';
  if (program === undefined && process.env['CI'] === 'true') throw new Error(missing);
  if (program === undefined) console.log(`${missing}; skipped: ${title}`);
  describe.runIf(program !== undefined && process.env['TEST_DATABASE_URL'])(title, () => {
    suite();
  });
}

/** Starts a PgBouncer in transaction mode in front of a database. */
export async function startPgbouncer(database: string): Promise<TestServer> {
  const { hostname, port: serverPort, username, pathname } = new URL(database);
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), 'pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${serverPort} user=${username}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
  ];
  await writeFile(file, lines.join('\n'));
  // It does not run as root.
  const as = userInfo().uid === 0 ? ['-u', 'postgres'] : [];
  const process = startProgram({ command: program ?? '', args: [...as, file], cwd: folder, env: {} });
  const server = withReadiness({ name: 'pgbouncer', process, probe: () => accepts(port) });
  await server.ready();
  return {
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
