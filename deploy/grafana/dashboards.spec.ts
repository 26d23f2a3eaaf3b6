import { describe, expect, it } from 'vitest';
import { grafanaDashboard } from './dashboard.ts';
import { dashboards } from './dashboards.ts';

describe.each(Object.entries(dashboards))('dashboard %s', (name, dashboard) => {
  it('equals the file that Grafana reads (vitest --update writes it)', async () => {
    const json = `${JSON.stringify(grafanaDashboard(dashboard), undefined, 2)}\n`;
    await expect(json).toMatchFileSnapshot(`dashboards/${name}.json`);
  });

  it('uses exactly the variables that it declares', () => {
    const text = JSON.stringify(dashboard);
    const used = [...text.matchAll(/\$(?!__)(?<name>\w+)/g)].map(({ groups }) => groups?.['name']);
    expect(new Set(used)).toEqual(new Set(dashboard.variables.map((variable) => variable.name)));
  });
});
