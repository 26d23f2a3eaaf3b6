import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { findPostgres, startPostgres } from '../../test/support/postgres.ts';
import { freePorts } from '../local/ports.ts';

const bin = findPostgres();

/** In the place of the image's entry point, which starts the server in its folder. */
const ENTRY_POINT = `#!/bin/sh
exec "$@" -D "$PGDATA" -c port="$REPLICA_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories=`;

/** PostgreSQL does not run as root. */
const user = (): { uid?: number; gid?: number } => {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return userInfo().uid === 0 ? { uid: id('-u'), gid: id('-g') } : {};
};

async function query(url: string, statement: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ value: unknown }>(statement);
    return rows[0]?.value;
  } finally {
    await client.end();
  }
}

it.skipIf(bin === undefined)(
  'replicates a server, and another server at the same address later',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'film-store-replica-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    chmodSync(folder, 0o777);
    writeFileSync(join(folder, 'docker-entrypoint.sh'), ENTRY_POINT, { mode: 0o755 });
    const [port = 0] = await freePorts(1);
    const replica = `postgres://postgres@127.0.0.1:${port}/postgres`;

    for (const value of [1, 2]) {
      const primary = await startPostgres(bin!);
      onTestFinished(() => primary.stop());
      const server = spawn('deploy/compose/make-replica.sh', {
        ...user(),
        stdio: 'ignore',
        env: {
          PATH: [folder, bin, process.env['PATH']].join(delimiter),
          PGDATA: join(folder, 'data'),
          PRIMARY_HOST: '127.0.0.1',
          PGPORT: new URL(primary.url).port,
          PGUSER: 'postgres',
          REPLICA_PORT: String(port),
        },
      });
      const stop = async (): Promise<void> => {
        if (server.exitCode !== null) return;
        server.kill('SIGINT');
        await once(server, 'exit');
      };
      onTestFinished(stop);
      expect(await eventually(() => query(replica, 'select pg_is_in_recovery() as value'))).toBe(true);
      await query(primary.url, `create table film as select ${value} as value`);
      expect(await eventually(() => query(replica, 'select value from film'))).toBe(value);
      await stop();
    }
  },
);
