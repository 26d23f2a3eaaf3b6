import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync('docs/how-to/with-nest-a-mesh-or-alone.md', 'utf8');
const rows = [...page.matchAll(/^\| \[`([a-z-]+)`\]\(\.\.\/\.\.\/libs\/[^|]*\|[^|]*\| `([^`]*)`/gm)].map(
  ([, name = '', pack = '']) => ({ name, pack }),
);

const SCOPE = '@film-store/';

/** Returns the libraries that a library needs, all the way down, by their folders. */
function neededBy(name: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(`libs/${name}/package.json`, 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  const direct = Object.keys(dependencies)
    .filter((dependency) => dependency.startsWith(SCOPE))
    .map((dependency) => dependency.slice(SCOPE.length));
  return [...new Set(direct.concat(direct.flatMap(neededBy)))].toSorted();
}

it.each(rows)('the page packs $name with all libraries that it needs', ({ name, pack }) => {
  expect(pack).toBe([...neededBy(name), name].map((library) => `-w libs/${library}`).join(' '));
});

it('the page has a row for each library that is used alone', () => {
  expect(rows.map(({ name }) => name)).toEqual([
    'resilience',
    'load-shedding',
    'idempotency',
    'degradation',
    'feature-flags',
    'fault-injection',
    'health',
    'telemetry',
    'problem',
    'redis',
    'core',
  ]);
});
