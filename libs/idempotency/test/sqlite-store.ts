import type { DatabaseSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import {
  type IdempotencyRecord,
  type IdempotencyStore,
  RECORD_DEFAULTS,
  createIdempotencyStore,
} from '@film-store/idempotency';

export function sqliteStore(db: DatabaseSync, settings = RECORD_DEFAULTS, now = Date.now): IdempotencyStore {
  db.exec('CREATE TABLE IF NOT EXISTS idempotency (id TEXT PRIMARY KEY, record BLOB, expires INTEGER)');
  const select = db.prepare('SELECT record FROM idempotency WHERE id = ? AND expires > ?');
  const write = db.prepare('INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM idempotency WHERE id = ? OR expires <= ?');
  return createIdempotencyStore(async (id, transition) => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const row = select.get(id, now());
      const before = row && (deserialize(row['record'] as Uint8Array) as IdempotencyRecord);
      const { record, result } = transition(before, now());
      if (!record) remove.run(id, now());
      else if (record !== before) write.run(id, serialize(record), now() + settings.keepMs);
      return result;
    } finally {
      db.exec('COMMIT');
    }
  }, settings);
}
