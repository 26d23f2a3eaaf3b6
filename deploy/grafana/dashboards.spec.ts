import { expect, it } from 'vitest';
import { platform } from '../../platform.config.ts';
import { toDashboards } from './dashboards.ts';

it.each(toDashboards(platform))(
  'dashboard $name uses exactly the variables that it declares',
  (dashboard) => {
    const text = JSON.stringify(dashboard);
    const used = [...text.matchAll(/\$(?!__)(?<name>\w+)/g)].map(({ groups }) => groups?.['name']);
    expect(new Set(used)).toEqual(new Set(dashboard.variables.map((variable) => variable.name)));
  },
);
