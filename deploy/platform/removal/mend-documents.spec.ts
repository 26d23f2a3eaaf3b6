import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from './fixture.ts';
import { mendDocuments, withoutLinks, withoutService } from './mend-documents.ts';

const isGone = (link: string) => link.startsWith('gone');

it('removes list items that begin with a broken link, with all their lines', () => {
  const text =
    '- [a](a.md): first,\n  more\n- [b](gone.md): second,\n  more\n\n  - inner\n- see [c](gone.md)\n\nEnd\n';
  expect(withoutLinks(text, isGone)).toBe('- [a](a.md): first,\n  more\n\n- see c\n\nEnd\n');
});

it('removes table rows that begin with a broken link, and definitions', () => {
  const text = '| [a](a.md) | [x](gone.ts) |\n| [b](gone.md#x) | y |\n\n[d]: gone.md\n';
  expect(withoutLinks(text, isGone)).toBe('| [a](a.md) | x |\n\n');
});

it('removes table rows that have only broken links', () => {
  const text = '| a | [x](gone.ts) |\n| b | [x](gone.ts), [y](y.ts) |\n';
  expect(withoutLinks(text, isGone)).toBe('| b | x, [y](y.ts) |\n');
});

it('removes table rows about a service, and its lines of pictures, but no other mention', () => {
  const rows =
    '| `apps/film-mail` | a |\n| apps/film-mailbox | a |\n| b | film-mail: `Poller` |\n| c | has film-mail |\n';
  const picture = '```mermaid\ngateway --> film-mail\ngateway --> b\n```\n';
  expect(withoutService(`${rows}${picture}film-mail`, 'film-mail')).toBe(
    '| apps/film-mailbox | a |\n| c | has film-mail |\n```mermaid\ngateway --> b\n```\nfilm-mail',
  );
});

it('keeps the text of other links, and no picture', () => {
  expect(withoutLinks('Read [the\nguide](gone.md) or [b](b.md). ![c](gone.png)\n', isGone)).toBe(
    'Read the\nguide or [b](b.md). \n',
  );
});

it('finds links to absent files and headings in every document', async () => {
  await using repository = await createRepository({
    'README.md': '[a](docs/a.md#here) [b](docs/a.md#there) [c](docs/c.md) [d](https://example.org/e.md)\n',
    'docs/a.md': '# Here\n\n[up](../README.md)\n',
  });
  expect(await mendDocuments(repository.root)).toEqual(['README.md']);
  expect(await readFile(join(repository.root, 'README.md'), 'utf8')).toBe(
    '[a](docs/a.md#here) b c [d](https://example.org/e.md)\n',
  );
});
