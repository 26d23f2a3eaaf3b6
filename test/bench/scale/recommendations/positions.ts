import type { Client } from 'pg';

/** Returns the position that the last order gets when the feed numbers all orders, which have no gaps. */
export async function findLastPosition(database: Client): Promise<number> {
  const { rows } = await database.query<{ last: number }>(
    `select (select greatest(max(seq), 0) from orders)::int
       + (select count(*) from orders where seq is null)::int as last`,
  );
  return rows[0]!.last;
}
