import { globSync } from 'node:fs';

/** Lists the documents of the repository, as paths from its root. */
export const listDocuments = (): string[] =>
  globSync(['**/*.md', '.github/**/*.md'], {
    exclude: (name) => name === 'node_modules' || name === '.data',
  }).toSorted();

export type Row = readonly (string | undefined)[];

/** Returns a Markdown table. An absent cell is empty. */
export const toTable = (head: Row, rows: readonly Row[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell = '') => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
