import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepository } from './fixture.ts';
import { deleteRegions, findRegions, withoutRegions } from './regions.ts';

const lines = (...all: string[]) => all.join('\n');

describe('the regions of a part', () => {
  it('are deleted with their marks, after every kind of comment', () => {
    const text = lines(
      'a',
      '  // #region part: mail',
      'b',
      '  // #endregion part: mail',
      '# #region part: mail',
      'c',
      '# #endregion part: mail',
      '<!-- #region part: mail -->',
      'd',
      '<!-- #endregion part: mail -->',
      '/* #region part: mail */',
      'e',
      '/* #endregion part: mail */',
      'f',
    );
    expect(withoutRegions(text, 'mail')).toBe('a\nf');
  });

  it('include the regions of other parts inside them, and leave those around them', () => {
    const text = lines(
      '# #region part: mail',
      '# #region part: news',
      'a',
      '# #endregion part: news',
      'b',
      '# #endregion part: mail',
    );
    expect(withoutRegions(text, 'mail')).toBe('');
    expect(withoutRegions(text, 'news')).toBe(lines('# #region part: mail', 'b', '# #endregion part: mail'));
  });

  it('leave no empty region of another part around them', () => {
    const text = lines(
      '# #region part: news',
      '# #region part: mail',
      'a',
      '# #endregion part: mail',
      '# #endregion part: news',
      'b',
    );
    expect(withoutRegions(text, 'mail')).toBe('b');
  });

  it('are not those of a part whose name begins alike', () => {
    const text = lines('# #region part: mail-list', 'a', '# #endregion part: mail-list');
    expect(withoutRegions(text, 'mail')).toBe(text);
  });

  it('must end inside the region around them', () => {
    expect(() => findRegions('# #region part: mail\na')).toThrow('the region of mail does not end');
    expect(() =>
      findRegions(lines('# #region part: mail', '# #region part: news', '# #endregion part: mail')),
    ).toThrow('line 3 ends the region of mail, which is not the last one that began');
  });

  it('are rows of a table that have its mark', () => {
    const text = lines('| a |', '| - |', '| b <!-- part: mail --> |', '| c <!-- part: news --> |', '| d |');
    expect(withoutRegions(text, 'mail')).toBe(lines('| a |', '| - |', '| c <!-- part: news --> |', '| d |'));
  });

  it('are deleted in all tracked files', async () => {
    const text = '# #region part: mail\na: 1\n# #endregion part: mail\nb: 2\n';
    const table = '| a <!-- part: mail --> |\n| b |\n';
    await using repository = await createRepository({ 'x/a.yml': text, 'b.yml': 'c: 3\n', 'c.md': table });
    expect(await deleteRegions(repository.root, 'mail')).toEqual(['c.md', 'x/a.yml']);
    expect(await readFile(join(repository.root, 'x/a.yml'), 'utf8')).toBe('b: 2\n');
  });
});
