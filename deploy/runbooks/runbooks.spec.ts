import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { scenarioNames } from '@film-store/contracts';
import { MAX_TTL_MS } from '@film-store/fault-injection';
import { alertNames, rules } from '../prometheus/rules.ts';
import { toDashboards } from '../grafana/dashboards.ts';
import { toServices } from '../platform/derived.ts';
import { runbookPath } from '../platform/scaffold/runbook.ts';
import { services } from '../local/services.ts';
import { parseSettings } from '../../test/load/settings.ts';
import { platform } from '../../platform.config.ts';
import { drills } from './drills.ts';
import { toServiceDrills } from './service-drills.ts';
import { DRILL_SECONDS, type Step, toLines } from './steps.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const demoCommands = [
  'status',
  ...['stop', 'start', 'kill'].flatMap((verb) =>
    [...services.map(({ name }) => name), 'redis'].map((name) => `${verb} ${name}`),
  ),
];

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

/** The alert whose runbook is that of the service in its label `service`. */
const BY_SERVICE = 'ServiceObjectiveMissed';
const ownRunbooks = alertNames.filter((name) => name !== BY_SERVICE);
const serviceNames = toServices(platform).map(({ name }) => name);

it('gives every alert a severity, a summary and an existing runbook, and has no other runbook', () => {
  const alerts = rules.filter(({ alert }) => alert);
  for (const { alert, labels, annotations } of alerts) {
    expect(['page', 'ticket']).toContain(labels?.['severity']);
    expect(annotations?.['summary']).toBeTruthy();
    const page = alert === BY_SERVICE ? 'services/{{ $labels.service }}' : alert;
    expect(annotations?.['runbook_url']).toBe(`{{ $externalLabels.runbooks }}/${page}.md`);
  }
  const pages = globSync('deploy/runbooks/*.md').map((file) => basename(file, '.md'));
  expect(pages.toSorted()).toEqual(ownRunbooks.toSorted());
  // #region part: faults
  expect(Object.keys(drills).toSorted()).toEqual(ownRunbooks.toSorted());
  // #endregion part: faults
  expect(globSync('deploy/runbooks/services/*.md').toSorted()).toEqual(
    serviceNames.map(runbookPath).toSorted(),
  );
});

// #region part: faults
it('drills last as long as a scenario can', () => {
  expect(DRILL_SECONDS * 1000).toBe(MAX_TTL_MS);
});
// #endregion part: faults

it('has the address of the runbooks in the configuration of Prometheus', () => {
  const { global } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8')) as {
    global: { external_labels: { runbooks: string } };
  };
  expect(global.external_labels.runbooks).toMatch(/^https:.*\/deploy\/runbooks$/);
});

/** Checks the sections of a page, and that the names in it exist. */
function checkPage(name: string, text: string, folder: string): void {
  it('has its sections, the last one if a drill exists', () => {
    const reproduce = drills[name] || serviceNames.includes(name) ? ['Reproduce'] : [];
    expect(matches(text, /^#+ (.*)$/gm)).toEqual([name, 'Meaning', 'Check', 'Fix', ...reproduce]);
  });

  it('names scenarios, commands, dashboards and pages that exist', () => {
    // #region part: faults
    expect(scenarioNames).toEqual(expect.arrayContaining(matches(text, /"scenario":"([^"]*)"/g)));
    // #endregion part: faults
    expect(demoCommands).toEqual(
      expect.arrayContaining(matches(text, /npm run demo -- ([a-z]+(?: [a-z-]+)?)/g)),
    );
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(matches(text, /npm run ([a-z:]+)/g)));
    const shown = matches(text, /(?<!\w)_([a-z]+)_(?!\w)/g);
    expect(toDashboards(platform).map((dashboard) => dashboard.name)).toEqual(expect.arrayContaining(shown));
    expect(shown).not.toEqual([]);
    expect(matches(text, /\]\(([\w./-]+)\)/g).filter((page) => !existsSync(join(folder, page)))).toEqual([]);
    expect(matches(text, /`(deploy\/[\w/.]+)`/g).filter((file) => !existsSync(file))).toEqual([]);
  });
}

describe.each(ownRunbooks)('runbook of %s', (name) => {
  const text = readFileSync(`deploy/runbooks/${name}.md`, 'utf8');
  const [, reproduce = ''] = text.split('## Reproduce');
  checkPage(name, text, 'deploy/runbooks');

  it('has exactly the commands that make the alert fire', () => {
    const [, block] = /```sh\n([^`]*)```/.exec(reproduce) ?? [];
    expect(block?.trimEnd().split('\n')).toEqual(drills[name]?.flatMap(toLines));
  });

  it('runs for as long as the alert waits, plus the window of its rates', () => {
    const [longest] = rules
      .filter(({ alert }) => alert === name)
      .map(({ for: delay = '0m', expr }) => toMinutes(delay) + toWindowMinutes(expr))
      .toSorted((a, b) => b - a);
    for (const step of drills[name] ?? []) {
      if (step.does !== 'begin' && step.does !== 'load') continue;
      const minutes = (step.does === 'load' ? toSeconds(step) : DRILL_SECONDS) / 60;
      expect({ step, minutes, enough: minutes >= longest! }).toMatchObject({ enough: true });
    }
  });
});

describe.each(serviceNames)('runbook of the service %s', (name) => {
  const text = readFileSync(runbookPath(name), 'utf8');
  const blocks = matches(text, /```sh\n([^`]*)```/g);
  const { slow, down } = toServiceDrills(platform, name);
  checkPage(name, text, 'deploy/runbooks/services');

  it.each(Object.entries({ slow, down }).flatMap(([drill, steps]) => (steps ? [{ drill, steps }] : [])))(
    'has exactly the commands of the drill $drill',
    ({ steps }) => {
      expect(blocks).toContain(`${steps.flatMap(toLines).join('\n')}\n`);
    },
  );
});

const toMinutes = (time: string): number => Number(/^(\d+)m$/.exec(time)?.[1]);
/** Returns the window of the rates in an expression, in minutes; the recorded rates of objectives have five minutes. */
const toWindowMinutes = (expr: string): number =>
  expr.includes('increase(') ? 0 : expr.includes('slo:') ? 5 : Number(/\[(\d+)m\]/.exec(expr)?.[1] ?? 0);

function toSeconds({ args, seconds }: Step & { does: 'load' }): number {
  const { urls, ...load } = parseSettings(`--seconds ${seconds} ${args}`.split(' '));
  return load.seconds * urls.length;
}
