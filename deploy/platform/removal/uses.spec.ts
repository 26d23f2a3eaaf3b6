import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRepository } from './fixture.ts';
import { describeUses } from './uses.ts';

it('names the line of the last commit, though lines before it were deleted, added and changed', async () => {
  const before = ['a', 'gone', 'gone', 'b', 'c', 'd', 'use', 'e', 'second'];
  const after = ['new', 'a', 'b', 'changed', 'd', 'use', 'e', 'more', 'second'];
  await using repository = await createRepository({ 'a.ts': before.join('\n') });
  await writeFile(join(repository.root, 'a.ts'), after.join('\n'));
  const uses = [9, 6, 3].map((line) => ({ path: 'a.ts', line }));
  expect(await describeUses(repository.root, uses)).toEqual(['a.ts:4  b', 'a.ts:7  use', 'a.ts:9  second']);
});
