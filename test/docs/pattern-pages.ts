import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../bench/ablation/cell.ts';
import { findEffects } from '../bench/ablation/effects.ts';
import { formatMetric, listFaults, toMetricName } from '../bench/ablation/heat-map.ts';
import { readRecorded } from '../bench/result.ts';
import { called } from '../../deploy/local/services.ts';
import { formatText } from '../../deploy/platform/format.ts';
import type { GeneratedFile } from '../../deploy/platform/generated.ts';
import { toTable } from '../../deploy/platform/markdown.ts';
import { replaceFigures } from './figure-blocks.ts';
import { renderWorthChart } from './worth-chart.ts';

/** A comment with the names of defenses, and the generated text up to the closing comment. */
const BLOCK = /(?<=<!-- ablation:begin ([a-z -]+) -->\n)[^]*?(?=<!-- ablation:end -->)/g;
const PRICES = /(?<=<!-- price-list:begin -->\n)[^]*?(?=<!-- price-list:end -->)/g;
const WORTH = /(?<=<!-- worth:begin -->\n)[^]*?(?=<!-- worth:end -->)/g;

const NOT_RECORDED = 'No run is recorded yet; `--record` writes it here.';

/** Returns a table with the effects of these defenses in the recorded run. */
export function renderEffects(cells: readonly Cell[], defenses: readonly string[]): string {
  if (cells.length === 0) return NOT_RECORDED;
  const rows = defenses.flatMap((defense) =>
    listFaults(cells)
      .flatMap((fault) => findEffects(cells, fault, defense))
      .map(({ fault, metric, on, off, direction }) => [
        defense,
        fault,
        toMetricName(metric),
        formatMetric(metric, on),
        formatMetric(metric, off),
        direction,
      ]),
  );
  const silent = defenses.filter((defense) => !rows.some(([name]) => name === defense));
  const table = toTable(['defense', 'fault', 'figure', 'everything on', 'without it', 'the defense'], rows);
  return [
    'Measured with `npm run bench -- ablation`: [the load and the noise band](../measurements.md#ablation).',
    ...(rows.length > 0 ? [table] : []),
    ...(silent.length > 0 ? [`No figure was outside the noise for: ${silent.join(', ')}.`] : []),
  ].join('\n\n');
}

/** Replaces the generated blocks of a page about patterns. */
export function renderPattern(page: string, root = '.'): string {
  const cells = readRecorded('ablation', root)?.cells ?? [];
  const prices = readRecorded('price-list', root);
  const tables = prices?.tables ?? [];
  const list = tables.map(({ columns, rows }) => toTable(columns, rows)).join('\n\n') || NOT_RECORDED;
  const worth =
    prices && cells.length > 0 ? renderWorthChart(cells, prices.measured, called.length) : NOT_RECORDED;
  return replaceFigures(page, NOT_RECORDED, root)
    .replace(WORTH, () => `\n${worth}\n\n`)
    .replace(BLOCK, (_, names: string) => `\n${renderEffects(cells, names.split(' '))}\n\n`)
    .replace(PRICES, () => `\n${list}\n\n`);
}

/** The pages that have a generated block. */
export const patternPages = (root = '.'): GeneratedFile[] =>
  globSync('docs/patterns/*.md', { cwd: root })
    .toSorted()
    .filter((path) => readFileSync(join(root, path), 'utf8').includes(':begin'))
    .map((path) => ({
      path,
      render: (current = '') => formatText(root, path, renderPattern(current, root)),
    }));
