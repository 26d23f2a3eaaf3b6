import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listDocuments } from './markdown.ts';

const EXCERPT = /<!-- from (\S+) -->\n+```\w+\n([^]*?)\n```/g;

/** Returns the excerpts of source files in a document: each has the path of its file and its lines. */
const findExcerpts = (markdown: string): { path: string; lines: string[] }[] =>
  [...markdown.matchAll(EXCERPT)].map(([, path = '', code = '']) => ({ path, lines: toLines(code) }));

const toLines = (code: string): string[] =>
  code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Returns the first line that the source does not have after the lines before it. */
function findForeignLine(lines: readonly string[], source: string): string | undefined {
  const sourceLines = toLines(source);
  let from = 0;
  return lines.find((line) => {
    from = sourceLines.indexOf(line, from) + 1;
    return from === 0;
  });
}

const excerpts = listDocuments().flatMap((document) =>
  findExcerpts(readFileSync(document, 'utf8')).map(({ path, lines }) => ({ document, path, lines })),
);

describe('an excerpt of code in a document', () => {
  it.each(excerpts)('in $document is in $path', ({ path, lines }) => {
    expect(findForeignLine(lines, readFileSync(path, 'utf8'))).toBeUndefined();
  });

  it('is found behind its comment', () => {
    const markdown = '<!-- from a/b.ts -->\n\n```ts\nconst a = 1;\n\n  call(a);\n```\n';
    expect(findExcerpts(markdown)).toEqual([{ path: 'a/b.ts', lines: ['const a = 1;', 'call(a);'] }]);
  });

  it('may leave out lines, and must keep their order', () => {
    const source = 'const a = 1;\nlog();\n  call(a);\n';
    expect(findForeignLine(['const a = 1;', 'call(a);'], source)).toBeUndefined();
    expect(findForeignLine(['call(a);', 'const a = 1;'], source)).toBe('const a = 1;');
  });
});
