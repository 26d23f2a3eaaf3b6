import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertNames } from '../../deploy/prometheus/rules.ts';
import { computedAlerts } from './alerts.ts';
import { causeNames, causes, owners } from './causes.ts';
import { parseRunbook, visitRows } from './runbook.ts';

const FOLDER = 'deploy/runbooks';
const files = globSync(`${FOLDER}/**/*.md`).toSorted();
const pages = files.map((file) => {
  const name = relative(FOLDER, file).replace(/\.md$/, '');
  return Object.assign({ name }, parseRunbook(name, readFileSync(file, 'utf8')));
});
const rows = pages.flatMap(({ rows, name }) => rows.map((row) => ({ name, ...row })));

describe('the runbooks', () => {
  it('name only causes and owners that exist', () => {
    expect(rows.flatMap((row) => row.causes).filter((name) => !causeNames.includes(name))).toEqual([]);
    expect(rows.flatMap(({ action }) => action.owners).filter((owner) => !owners.includes(owner))).toEqual(
      [],
    );
  });

  it('give first aid for every cause: its owner, or a command', () => {
    for (const { causes: named, action } of rows)
      for (const name of named) {
        const owner = causes[name]?.owner;
        expect({ name, owners: action.owners }).toEqual({ name, owners: owner ? [owner] : [] });
        expect({ name, commands: action.commands.length }).toEqual({ name, commands: owner ? 0 : 1 });
      }
  });

  it('lead from the page of an alert to every cause', () => {
    const reached = new Set<string>(
      computedAlerts.filter((name) => pages.some((page) => page.name === name)),
    );
    // The iteration also visits the pages that it adds.
    for (const name of reached)
      for (const link of pages.find((page) => page.name === name)?.rows.flatMap((row) => row.pages) ?? []) {
        const target = normalize(join(dirname(name), link));
        for (const page of pages)
          if (page.name === target || page.name.startsWith(`${target}/`)) reached.add(page.name);
      }
    const named = pages.filter(({ name }) => reached.has(name)).flatMap((page) => page.rows);
    expect(new Set(named.flatMap((row) => row.causes))).toEqual(new Set(causeNames));
  });

  it('exist for every alert that a game day computes', () => {
    expect(alertNames).toEqual(expect.arrayContaining([...computedAlerts]));
  });
});

const page = (...lines: readonly string[]): string =>
  [
    '# X',
    '## Check',
    '',
    '```sh',
    'curl -s localhost:3000 | cat   # A: state',
    '```',
    '',
    ...lines,
    '',
    '## Fix',
    '',
  ].join('\n');
const head = ['| check | finding | cause or page | first aid |', '| --- | --- | --- | --- |'];

describe('a table of findings', () => {
  const parsed = parseRunbook(
    'X',
    page(
      ...head,
      '| A | `down` or `ended` | `cause-1` | `npm run demo -- start redis` <!-- part: flags --> |',
      '| `upstream` | `redis` | [next](Next.md) | |',
      '| A | otherwise `a \\| b` | `cause-2` | Owner: network. |',
      '| A | otherwise | `cause-3` | |',
    ),
  );
  const find = async (output: string, labels = {}, deadEnd?: string): Promise<string[]> => {
    const targets: string[] = [];
    await visitRows(parsed, new Map([['A', output]]), labels, ({ causes: named, pages: linked }) => {
      targets.push(...named, ...linked);
      return !linked.includes(deadEnd ?? '');
    });
    return targets;
  };

  it('has the commands by their letters, and the first aid', () => {
    expect(parsed.commands).toEqual(new Map([['A', 'curl -s localhost:3000 | cat']]));
    expect(parsed.rows[0]?.action).toEqual({ commands: ['npm run demo -- start redis'], owners: [] });
    expect(parsed.rows[2]?.action).toEqual({ commands: [], owners: ['network'] });
  });

  it('yields every row that holds, by outputs and by labels of the alert', async () => {
    expect(await find('it has ended', { upstream: 'redis' })).toEqual(['cause-1', 'Next']);
  });

  it('yields a row with otherwise only if none before it has led to a conclusion', async () => {
    expect(await find('a | b')).toEqual(['cause-2']);
    expect(await find('')).toEqual(['cause-3']);
    expect(await find('a | b', { upstream: 'redis' })).toEqual(['Next']);
    expect(await find('a | b', { upstream: 'redis' }, 'Next')).toEqual(['Next', 'cause-2']);
  });

  it.each([
    { wrong: [...head, '| B | something | `cause` | |'], message: 'X has no command B' },
    { wrong: [...head, '| A | perhaps | `cause` | |'], message: 'not "perhaps"' },
    { wrong: [...head, '| A | something | | |'], message: 'X: a row needs a cause or a page' },
    { wrong: ['| finding | cause |', '| --- | --- |'], message: 'X: the table needs the columns' },
  ])('is rejected: $message', ({ wrong, message }) => {
    expect(() => parseRunbook('X', page(...wrong))).toThrow(message);
  });
});
