import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { headingIds, relativeLinks } from '../../deploy/platform/markdown.ts';
import { listDocuments } from './markdown.ts';

const documents = listDocuments();

/** Returns the reason why a link is broken, or `undefined`. */
function findError(document: string, link: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (!existsSync(target)) return `${link}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md') || statSync(target).isDirectory()) return undefined;
  const ids = headingIds(readFileSync(target, 'utf8'));
  return ids.includes(anchor) ? undefined : `${link}: ${target} has no heading for it`;
}

describe('documents', () => {
  it('are found', () => {
    expect(documents).toContain('README.md');
    expect(documents).toContain('docs/how-to/with-nest-a-mesh-or-alone.md');
    expect(documents.length).toBeGreaterThan(30);
  });

  it.each(documents)('%s has no broken relative link', (document) => {
    const links = relativeLinks(readFileSync(document, 'utf8'));
    expect(links.map((link) => findError(document, link)).filter((error) => error !== undefined)).toEqual([]);
  });
});

describe('a link', () => {
  it('is found inline, in a picture, and as a reference', () => {
    const text = '[a](b.md#c) ![d](e.png)\n\n[f]: ../g.ts\n';
    expect(relativeLinks(text)).toEqual(['b.md#c', 'e.png', '../g.ts']);
  });

  it('is not looked for in code, and not followed to another site', () => {
    expect(relativeLinks('`[a](b.md)` [c](https://d)\n\n```md\n[e](f.md)\n```\n')).toEqual([]);
  });
});

describe('a heading', () => {
  it('has the id that GitHub gives it', () => {
    expect(headingIds("# Beside Nest's own `modules`, v1.2\n\n## A_b & c\n")).toEqual([
      'beside-nests-own-modules-v12',
      'a_b--c',
    ]);
  });

  it('that comes twice has a number', () => {
    expect(headingIds('## Do\n\n## Do\n')).toEqual(['do', 'do-1']);
  });

  it('is not a comment in code', () => {
    expect(headingIds('```sh\n# comment\n```\n')).toEqual([]);
  });
});
