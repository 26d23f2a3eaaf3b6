import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listDocuments } from './markdown.ts';

/** A command with the names of benchmarks. Each benchmark is in the file of its name. */
const COMMAND = /npm run bench -- ((?:[a-z-]+ ?)+)/g;

it('documents name only benchmarks that exist', () => {
  const named = listDocuments().flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(COMMAND)].flatMap(([, words = '']) =>
      words.split(' ').filter((word) => word !== '' && !word.startsWith('-')),
    ),
  );
  expect(named).toContain('naive');
  expect([...new Set(named)].filter((name) => !existsSync(`test/bench/${name}.ts`))).toEqual([]);
});
