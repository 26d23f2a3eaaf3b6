import { describe, expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { findOtherJobs } from '../prometheus/other-jobs.ts';
import { toDashboards } from './dashboards.ts';

describe.each(toDashboards(platform))('dashboard $name', (dashboard) => {
  it('uses exactly the variables that it declares', () => {
    const text = JSON.stringify(dashboard);
    const used = [...text.matchAll(/\$(?!__)(?<name>\w+)/g)].map(({ groups }) => groups?.['name']);
    expect(new Set(used)).toEqual(new Set(dashboard.variables.map((variable) => variable.name)));
  });

  it('reads no series of another platform at the same Prometheus', () => {
    const queries = dashboard.panels.flatMap((panel) => panel.queries.map(({ expr }) => expr));
    for (const expr of [...queries, ...dashboard.variables.map(({ series }) => series)])
      expect({ expr, others: findOtherJobs(expr, platform.name) }).toEqual({ expr, others: [] });
  });
});
