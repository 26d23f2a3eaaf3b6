import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

const policy = readFileSync('.github/SECURITY.md', 'utf8');

describe('the security policy', () => {
  const tests = [...policy.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.spec\.ts)\)/g)].map(
    ([, name = '', file = '']) => ({ name, file }),
  );

  it('names a test for each protection', () => {
    const [, table = ''] = policy.split('by which test');
    const promises = (table.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => /^\| (?!protection|-)/.test(line));
    expect(promises.length).toBeGreaterThan(15);
    expect(tests).toHaveLength(promises.length);
  });

  it.each(tests)('$file has a test of that name: $name', ({ name, file }) => {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(name);
  });

  it('has the purpose of each production package', () => {
    const [, packages = ''] = policy.split('## Packages');
    const reported = [...packages.matchAll(/^\| `([^`]+)`\s+\| \S/gm)].map(([, name]) => name);
    expect(reported).toEqual(Object.keys(manifest.dependencies));
  });
});

it('package.json names every package with an install script, and allows only the one of node', () => {
  const withScript = Object.entries(lock.packages)
    .filter(([, entry]) => 'hasInstallScript' in entry && entry.hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(Object.keys(manifest.allowScripts).toSorted()).toEqual([...new Set(withScript)].toSorted());
  const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
  expect(allowed).toEqual([['node', true]]);
});
