import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../test/create-database.ts';
import { recommendationsConfig } from './recommendations.config.ts';

const findProblems = (path: string): unknown =>
  recommendationsConfig.safeParse({ DATA_DIR: path }).error?.issues.map((issue) => issue.path);

describe('DATA_DIR', () => {
  it('may be missing below a directory', () => {
    expect(findProblems(join(createDirectory(), 'new', 'deep'))).toBe(undefined);
  });

  it('is a problem if it is a file, or below one', () => {
    const file = join(createDirectory(), 'file');
    writeFileSync(file, 'text');
    expect(findProblems(file)).toEqual([['DATA_DIR']]);
    expect(findProblems(join(file, 'directory'))).toEqual([['DATA_DIR']]);
  });
});
