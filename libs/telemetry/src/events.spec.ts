import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (file: string): string => readFileSync(file, 'utf8');

it('lists the event of every log line in its README', () => {
  const written = globSync(['apps/*/src/**/*.ts', 'libs/*/src/**/*.ts'])
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) =>
      [...read(file).matchAll(/event: '([a-z]+\.[a-z-]+)'/g)].map(([, event = '']) => event),
    );
  const [, listed = ''] = /Events of log lines[^:]*:([^]*?)\n\n/.exec(read('libs/telemetry/README.md')) ?? [];
  // Pollers make theirs of their names.
  const pollers = ['feed.back', 'feed.lost', 'films.back', 'films.lost'];
  const names = [...listed.matchAll(/`([^`]+)`/g)].map(([, event = '']) => event);
  expect(names).toEqual([...new Set([...written, ...pollers])].toSorted());
});
