import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scenarioNames } from '@film-store/contracts';

it('docs/how-to/break-it.md lists every fault scenario once', () => {
  const page = readFileSync('docs/how-to/break-it.md', 'utf8');
  const [, table = ''] = /^\| scenario [^]*?\n\|[ -|]*\n([^]*?)\n\n/m.exec(page) ?? [];
  const listed = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, name = '']) => name);
  expect(listed.toSorted()).toEqual(scenarioNames.toSorted());
});
