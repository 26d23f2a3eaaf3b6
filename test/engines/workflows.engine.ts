import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeWithEngine } from './engine.ts';

describeWithEngine('the workflows of GitHub', ['actionlint'], (program) => {
  it.each(globSync('.github/workflows/*.yml'))('%s is valid', (file) => {
    expect(execFileSync(program, ['-oneline', file], { encoding: 'utf8' })).toBe('');
  });
});
