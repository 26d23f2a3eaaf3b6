import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** How many cases of idempotency the HTTP contract has; a test's title begins with the number of the case it shows. */
const CASES = 42;

it('every case of idempotency is the title of a test', () => {
  const specs = globSync('{libs/idempotency,test/e2e}/**/*.spec.ts').map((file) =>
    readFileSync(file, 'utf8'),
  );
  const titles = specs.join('\n').matchAll(/(?:^\s*|\()['"](?<number>\d+): /gm);
  const shown = new Set(Array.from(titles, ({ groups }) => Number(groups?.['number'])));
  const missing = Array.from({ length: CASES }, (_, index) => index + 1).filter((each) => !shown.has(each));
  expect(missing).toEqual([]);
});
