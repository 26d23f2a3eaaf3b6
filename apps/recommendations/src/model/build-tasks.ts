import { openReader } from '../database/database.ts';
import { buildTable } from './build-table.ts';
import type { FilmTable } from './film-table.ts';

/** Builds the table of all films. */
export function build({ file }: { file: string }): FilmTable {
  const database = openReader(file);
  try {
    return buildTable(database);
  } finally {
    database.close();
  }
}
