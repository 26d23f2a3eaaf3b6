import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string): string => readFileSync(file, 'utf8');

const readme = read('test/e2e/telemetry/README.md');
const inSource = (pattern: RegExp): string[] =>
  globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'])
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) => [...read(file).matchAll(pattern)].map(([, event = '']) => event));

it('lists the event of every log line in its README', () => {
  const written = inSource(/event: '([a-z]+\.[a-z-]+)'/g);
  const [, listed = ''] = /Events of log lines[^:]*:([^]*?)\n\n/.exec(readme) ?? [];
  // Pollers build theirs from their names.
  const pollers = ['feed.read_recovered', 'feed.read_failed', 'films.read_recovered', 'films.read_failed'];
  const names = [...listed.matchAll(/`([^`]+)`/g)].map(([, event = '']) => event);
  expect(names).toEqual([...new Set([...written, ...pollers])].toSorted());
});

it('lists every span event there, in the order of their names', () => {
  // Attempts build theirs from their reason.
  const attempts = ['upstream.hedge', 'upstream.retry'];
  const [, table = ''] = /^\| event of a span[^\n]*\n([^]*?)\n\n/m.exec(readme) ?? [];
  const listed = [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, event]) => event);
  expect(listed).toEqual([...inSource(/addEvent\(\s*'([a-z.-]+)'/g), ...attempts].toSorted());
});
