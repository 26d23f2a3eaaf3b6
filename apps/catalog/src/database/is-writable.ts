import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

/** Resolves with `false` on a standby, and on a server that is set to accept reads only. */
export async function isWritable(db: Database): Promise<boolean> {
  const { rows } = (await db.execute(sql`show transaction_read_only`)) as {
    rows: { transaction_read_only: 'on' | 'off' }[];
  };
  return rows[0]?.transaction_read_only === 'off';
}
