import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scenarioNames } from '#libs/faults';
import { alertNames, rules } from '../prometheus/rules.ts';
import { dashboards } from '../grafana/dashboards.ts';
import { services } from '../local/services.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const demoCommands = [
  'status',
  ...['stop', 'start', 'kill'].flatMap((verb) =>
    [...services.map(({ name }) => name), 'redis'].map((name) => `${verb} ${name}`),
  ),
];

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

it('every alert has a severity, a summary, and a runbook that is there; and there is no other runbook', () => {
  const alerts = rules.filter(({ alert }) => alert);
  for (const { alert, labels, annotations } of alerts) {
    expect(['page', 'ticket']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toBeTruthy();
    expect(annotations?.['runbook_url']).toBe(`{{ $externalLabels.runbooks }}/${alert}.md`);
  }
  const pages = globSync('deploy/runbooks/*.md').map((file) => basename(file, '.md'));
  expect(pages.toSorted()).toEqual(alertNames.toSorted());
});

it('Prometheus says where the runbooks are', () => {
  const { global } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
    global: { external_labels: { runbooks: string } };
  };
  expect(global.external_labels.runbooks).toMatch(/^https:.*\/deploy\/runbooks$/);
});

describe.each(alertNames)('runbook of %s', (name) => {
  const text = readFileSync(`deploy/runbooks/${name}.md`, 'utf8');
  const [, seeIt = ''] = text.split('## See it happen');

  it('says what it means, where to look, what to do and how to see it happen', () => {
    expect(matches(text, /^#+ (.*)$/gm)).toEqual([name, 'What it means', 'Look', 'Do', 'See it happen']);
  });

  it('names scenarios, commands, dashboards and pages that exist', () => {
    expect(scenarioNames).toEqual(expect.arrayContaining(matches(seeIt, /`([a-z]+(?:-[a-z]+)*)`/g)));
    expect(demoCommands).toEqual(
      expect.arrayContaining(matches(text, /npm run demo -- ([a-z]+(?: [a-z]+)?)/g)),
    );
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(matches(text, /npm run ([a-z:]+)/g)));
    const shown = matches(text, /(?<!\w)_([a-z]+)_(?!\w)/g);
    expect(Object.keys(dashboards)).toEqual(expect.arrayContaining(shown));
    expect(shown).not.toEqual([]);
    expect(matches(text, /\]\(([\w.]+)\)/g).filter((page) => !existsSync(`deploy/runbooks/${page}`))).toEqual(
      [],
    );
    expect(matches(text, /`(deploy\/[\w/.]+)`/g).filter((file) => !existsSync(file))).toEqual([]);
  });

  it('says how to make it fire', () => {
    expect(seeIt).toMatch(/`(?:npm run demo|curl|[a-z]+(?:-[a-z]+)*`)/);
  });
});
