import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { PARTS } from '../define-platform.ts';
import { findRegions } from '../removal/regions.ts';
import { git } from '../working-copy.ts';
import { platform } from '../../../platform.config.ts';
import { parts } from './index.ts';

describe('the parts', () => {
  it('are those that the manifest names, and services', () => {
    const removable = new Set<string>([...platform.parts, ...Object.keys(platform.services)]);
    expect(parts.map(({ name }) => name).filter((name) => !removable.has(name))).toEqual([]);
    expect(PARTS.filter((name) => platform.parts.includes(name))).toEqual(
      PARTS.filter((name) => parts.some((part) => part.name === name)),
    );
  });

  it.each(parts)('$name has only files that exist', ({ paths }) => {
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

it('every region of a part ends, and names a part that can be removed', async () => {
  const found = await git(
    '.',
    'grep',
    '-lI',
    '^[^A-Za-z]*#region part: ',
    '--',
    ':!deploy/platform/removal/*.spec.ts',
  );
  const names = new Set<string>();
  for (const path of found.split('\n').filter(Boolean)) {
    const text = await readFile(path, 'utf8');
    expect({ path, names: findRegions(text) }).toMatchObject({ path });
    for (const name of findRegions(text)) names.add(name);
  }
  expect([...names].filter((name) => !parts.some((part) => part.name === name))).toEqual([]);
});
