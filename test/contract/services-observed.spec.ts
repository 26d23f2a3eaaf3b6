import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scenarioNames } from '@film-store/contracts';
import { LATENCY_BUCKETS_S } from '../../libs/telemetry/src/server-metrics.ts';
import { LATENCIES_MS } from '../../deploy/platform/define-platform.ts';
import { findCriticalServices, toServices } from '../../deploy/platform/derived.ts';
import { toObjectives } from '../../deploy/platform/objectives.ts';
import { runbookPath } from '../../deploy/platform/scaffold/runbook.ts';
import { rules } from '../../deploy/prometheus/rules.ts';
import { toServiceDrills } from '../../deploy/runbooks/service-drills.ts';
import { platform } from '../../platform.config.ts';

const names = toServices(platform).map(({ name }) => name);

describe('every service of platform.config.ts', () => {
  it('has an alert for its absence: a page if responses to clients need it, a ticket otherwise', () => {
    const toAbsent = (severity: string) =>
      rules
        .filter(({ alert, labels }) => alert === 'ServiceDown' && labels?.['severity'] === severity)
        .flatMap(({ expr }) =>
          Array.from(expr.matchAll(/absent\(up{.*service="(.*)"}\)/g), ([, name]) => name),
        );
    const critical = findCriticalServices(platform);
    expect(new Set(toAbsent('page'))).toEqual(new Set(names.filter((name) => critical.has(name))));
    expect(new Set(toAbsent('ticket'))).toEqual(new Set(names.filter((name) => !critical.has(name))));
  });

  it('has two objectives, whose error budgets alerts watch', () => {
    const budgets = rules.flatMap(({ record, labels }) =>
      record === 'slo:budget' && labels ? [labels] : [],
    );
    for (const { availability, latency } of toObjectives(platform))
      expect(budgets).toEqual(expect.arrayContaining([availability, latency]));
  });

  it('has a runbook with a drill whose scenarios exist', () => {
    expect(names.filter((name) => !existsSync(runbookPath(name)))).toEqual([]);
    const scenarios = names.flatMap((name) => {
      const { slow = [], down } = toServiceDrills(platform, name);
      return [...slow, ...down].flatMap((step) => (step.does === 'begin' ? [step.scenario] : []));
    });
    expect(scenarioNames).toEqual(expect.arrayContaining(scenarios));
  });

  it('has a row in the dashboard of objectives', () => {
    const file = readFileSync('deploy/grafana/dashboards/objectives.json', 'utf8');
    const { panels } = JSON.parse(file) as { panels: { type: string; title: string }[] };
    const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title.split(':')[0]);
    expect(new Set(rows)).toEqual(new Set(names));
  });
});

it('objectives have a latency that the histogram of requests counts', () => {
  expect(LATENCIES_MS).toEqual(LATENCY_BUCKETS_S.map((seconds) => seconds * 1000));
});
