import type { ClientBase } from 'pg';

/** Returns the process ids of the connections to the client's database that wait for a lock. */
export async function lockWaits(client: ClientBase): Promise<number[]> {
  // A transaction caches the list of connections, so it would not find later ones.
  await client.query('select pg_stat_clear_snapshot()');
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
}
