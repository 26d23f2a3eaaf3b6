import { globSync } from 'node:fs';

/** Lists the documents of the repository, as paths from its root. */
export const listDocuments = (): string[] =>
  globSync(['**/*.md', '.github/**/*.md'], {
    exclude: (name) => name === 'node_modules' || name === '.data',
  }).toSorted();
