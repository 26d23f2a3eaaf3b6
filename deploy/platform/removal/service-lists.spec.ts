import { Project } from 'ts-morph';
import { format } from 'prettier';
import { expect, it } from 'vitest';
import { removeListEntry } from './list-entries.ts';
import { findServiceEntries } from './service-lists.ts';

async function mend(text: string): Promise<string> {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile('a.ts', text);
  for (const entry of findServiceEntries(file, { removed: 'film-mail', others: ['catalog', 'gateway'] }))
    removeListEntry(entry);
  return (await format(file.getFullText(), { parser: 'typescript', singleQuote: true })).trim();
}

it.each([
  ["const a = ['catalog', 'film-mail', 'gateway'];", "const a = ['catalog', 'gateway'];"],
  ["const a = ['catalog-1', 'film-mail-1', 'film-mail-2'];", "const a = ['catalog-1'];"],
  ["const a = ['CATALOG', 'FILM_MAIL', 'REDIS'];", "const a = ['CATALOG', 'REDIS'];"],
  ["const a = [['gateway', 1], ['film-mail', 2]];", "const a = [['gateway', 1]];"],
  ["const a = { catalog: 1, 'film-mail': 2 };", 'const a = { catalog: 1 };'],
  ["const a = [begin('catalog', 1), begin('film-mail', 2)];", "const a = [begin('catalog', 1)];"],
  ["const a = { ...env('catalog'), ...env('film-mail') };", "const a = { ...env('catalog') };"],
  ['const a = { catalog, filmMail };', 'const a = { catalog };'],
  ["type A = 'catalog' | 'film-mail';", "type A = 'catalog';"],
  ['type A = { catalog: number; filmMail: number };', 'type A = { catalog: number };'],
  ["const a = { FILM_MAIL_URL: 'x', UPSTREAM_FILM_MAIL_HEDGE: 'y', B: 1 };", 'const a = { B: 1 };'],
])('%s becomes %s', async (text, expected) => {
  expect(await mend(text)).toBe(expected);
});

it.each([
  "const a = ['film-mail', 'stamps'];",
  'const a = { filmMail: 1, stamps: 2 };',
  "const a = ['catalog', 'film-mailbox'];",
  "type A = 'film-mail' | 'stamps';",
])('%s is no list of services and stays', async (text) => {
  expect(await mend(text)).toBe(text);
});
