import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { FilmsFile } from '../src/films/films.schema.ts';
import { cleanFilms, type SourceRow } from './clean-films.ts';

const PACKAGE = 'vega-datasets';
const FILE = 'data/movies.json';

/** Builds the text of `data/films.json` from the installed data set. Each film has its own line, which keeps diffs short. */
export async function buildFilmsFile(): Promise<string> {
  const manifest = findPackageJSON(PACKAGE, import.meta.url)!;
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const rows = JSON.parse(await readFile(join(dirname(manifest), FILE), 'utf8')) as SourceRow[];
  const { films, counts } = cleanFilms(rows);
  return format({ report: { source: { package: PACKAGE, version, file: FILE }, ...counts }, films });
}

function format({ report, films }: FilmsFile): string {
  const lines = films.map((film) => JSON.stringify(film));
  return `{\n"report": ${JSON.stringify(report)},\n"films": [\n${lines.join(',\n')}\n]\n}\n`;
}
