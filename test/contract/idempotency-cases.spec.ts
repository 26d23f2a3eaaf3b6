import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The level of each case, and the files that test it. */
const shownBy = {
  platform: 'test/e2e/idempotency{.spec.ts,/*.ts}',
  service: 'libs/{idempotency,service}/test/**/*.spec.ts',
} as const;

interface Case {
  readonly number: number;
  readonly title: string;
  readonly level: keyof typeof shownBy;
}

const ROW =
  /^\| *(?<number>\d+) *\| (?<name>.*?) +\| (?<response>.*?) +\| (?<level>platform|service)\b.*\|$/gm;

const cases: readonly Case[] = Array.from(
  readFileSync('libs/idempotency/CASES.md', 'utf8').matchAll(ROW),
  ({ groups: { number = '', name = '', response = '', level = '' } = {} }) => ({
    number: Number(number),
    title: `${number}: ${name}: ${response}`,
    level: level as Case['level'],
  }),
);

/** Titles of tests that begin with a number. */
const readTitles = (files: string): string[] =>
  globSync(files).flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(
        /(?:\b(?:it|describe)\(|^ *\]\)\()\s*(?<quote>['"])(?<title>\d+: .*?)\k<quote>,/gm,
      ),
      ({ groups }) => groups?.['title'] ?? '',
    ),
  );

describe('the cases of idempotency', () => {
  it('are 42', () => {
    expect(cases.map(({ number }) => number)).toEqual(Array.from({ length: 42 }, (_, index) => index + 1));
  });

  it.each(Object.keys(shownBy) as Case['level'][])(
    'are each the title of a test, word for word: %s',
    (level) => {
      const titles = readTitles(shownBy[level]);
      const missing = cases.filter(
        (each) => each.level === level && !titles.some((title) => title.startsWith(each.title)),
      );
      expect(missing).toEqual([]);
    },
  );

  it('are the only titles of the platform with a number', () => {
    const strange = readTitles(shownBy.platform).filter(
      (title) => !cases.some((each) => title.startsWith(each.title)),
    );
    expect(strange).toEqual([]);
  });
});
