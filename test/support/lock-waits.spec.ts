import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from './eventually.ts';
import { lockWaits } from './lock-waits.ts';
import { findPostgres, startPostgres } from './postgres.ts';

const bin = findPostgres();

describe.skipIf(bin === undefined)('connections that wait for a lock', () => {
  it('are found by the transaction that holds it, also those made after its first query', async () => {
    const postgres = await startPostgres(bin ?? '');
    onTestFinished(() => postgres.stop());
    const connect = async () => {
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      onTestFinished(() => client.end());
      return client;
    };
    const holder = await connect();
    await holder.query('begin');
    await holder.query('select pg_advisory_xact_lock(1)');
    expect(await lockWaits(holder)).toEqual([]);
    const waiter = await connect();
    const { rows } = await waiter.query<{ pid: number }>('select pg_backend_pid() as pid');
    const granted = waiter.query('select pg_advisory_lock(1)');
    await eventually(async () => expect(await lockWaits(holder)).toEqual(rows.map(({ pid }) => pid)));
    await holder.query('commit');
    await granted;
  });
});
