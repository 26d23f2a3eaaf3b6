import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { toServices } from '../platform/derived.ts';
import { platform } from '../../platform.config.ts';
import { findPostgres } from '../../test/support/postgres.ts';

const server = process.env['TEST_DATABASE_URL'];
const bin = findPostgres();

it.skipIf(server === undefined || bin === undefined)(
  'creates the databases that are missing, and leaves the others as they are',
  async () => {
    const { hostname, port, username } = new URL(server!);
    const names = ['first', 'second'].map((name) => `${name}_${randomUUID().replaceAll('-', '')}`);
    const administrator = new Client({ connectionString: server });
    await administrator.connect();
    onTestFinished(async () => {
      for (const name of names) await administrator.query(`drop database if exists ${name}`);
      await administrator.end();
    });
    await administrator.query(`create database ${names[0]}`);
    const oid = async () => {
      const { rows } = await administrator.query<{ oid: number }>(
        'select oid from pg_database where datname = any($1) order by datname',
        [names],
      );
      return rows.map((row) => row.oid);
    };
    const [first] = await oid();

    const env = {
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
    };
    const run = () => promisify(execFile)('deploy/compose/make-databases.sh', names, { env });
    await run();
    const created = await oid();
    expect(created).toEqual([first, expect.any(Number)]);
    await run();
    expect(await oid()).toEqual(created);
  },
);

it('gives each service with a database one of its own, on the server of Compose', () => {
  const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
    services: Record<string, { command: string[]; environment: Record<string, string> }>;
  };
  const expected = toServices(platform)
    .filter(({ stores }) => stores.includes('database'))
    .map(({ name }) => name.replaceAll('-', '_'));
  expect(services['databases']!.command).toEqual(expected);
  const used = Object.values(services).flatMap(({ environment }) => environment?.['DATABASE_URL'] ?? []);
  expect(new Set(used)).toEqual(new Set(expected.map((name) => `postgres://store:store@postgres/${name}`)));
});
