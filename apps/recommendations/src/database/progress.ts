import type { Position } from '../feed/feed-page.ts';
import type { Database } from './database.ts';

/** How far the data of catalog has been read. A value is written in the transaction of the data that it describes. */
interface Progress {
  /** When the last complete read of all films began. */
  readonly films: string;
  /** The last entry of the feed that is in the counts. */
  readonly feed: Position;
}

export function writeProgress<Name extends keyof Progress>(
  database: Database,
  name: Name,
  value: Progress[Name],
): void {
  database.run(
    'INSERT INTO progress (name, json) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET json = excluded.json',
    name,
    JSON.stringify(value),
  );
}

export function readProgress<Name extends keyof Progress>(
  database: Database,
  name: Name,
): Progress[Name] | undefined {
  const row = database.get<{ json: string }>('SELECT json FROM progress WHERE name = ?', name);
  return row && (JSON.parse(row.json) as Progress[Name]);
}
