import { describe, expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { toDashboards } from './dashboards.ts';

const JOB = `job="${platform.name}"`;

describe.each(toDashboards(platform))('dashboard $name', (dashboard) => {
  it('uses exactly the variables that it declares', () => {
    const text = JSON.stringify(dashboard);
    const used = [...text.matchAll(/\$(?!__)(?<name>\w+)/g)].map(({ groups }) => groups?.['name']);
    expect(new Set(used)).toEqual(new Set(dashboard.variables.map((variable) => variable.name)));
  });

  it('reads no series of another platform at the same Prometheus', () => {
    const queries = dashboard.panels.flatMap((panel) => panel.queries.map(({ expr }) => expr));
    for (const expr of [...queries, ...dashboard.variables.map(({ series }) => series)]) {
      const selectors = Array.from(expr.matchAll(/\{[^}]*\}/g), ([selector]) => selector);
      expect(selectors.filter((selector) => !selector.includes(JOB))).toEqual([]);
      // Without selectors and lists of labels, what remains are functions and names of series.
      const rest = expr.replaceAll(/\{[^}]*\}|\bby \([^)]*\)/g, '{}');
      expect(rest).not.toMatch(/(?<![\w$])(?:up|ALERTS|\w+[_:][\w:]+)(?![\w:({])/);
    }
  });
});
