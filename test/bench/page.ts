import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type HeatMap, toExtremesTable, toHeatMap, toInterferenceTable } from './ablation/heat-map.ts';
import type { Band, Measured, Plot, Table } from './benchmark.ts';
import { formatFigure, isReached } from './figure.ts';
import { type Result, result } from './result.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');
const uplot = dirname(createRequire(import.meta.url).resolve('uplot'));

/** Writes `index.html` beside the results of a folder: all of them on one self-contained page. */
export function writePage(folder: string): string {
  const results = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .map((name) => result.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const file = join(folder, 'index.html');
  writeFileSync(file, renderPage(results));
  return file;
}

/** A result for the page. */
export interface Shown extends Omit<Result, 'measured' | 'plots' | 'tables'> {
  readonly measured: readonly Measured[];
  readonly plots: readonly Plot[];
  readonly tables?: readonly Table[];
}

/** Plain text above the results. */
export interface Heading {
  readonly title: string;
  readonly text: string;
}

const BENCHMARKS: Heading = {
  title: 'Benchmarks',
  text:
    'Costs and limits of the film store. Compared values were measured side by side, in one run on one ' +
    'machine. Other machines have other values, but similar ratios.',
};

export const renderPage = (
  results: readonly Shown[],
  { title, text }: Heading = BENCHMARKS,
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<style>${readFileSync(join(uplot, 'uPlot.min.css'), 'utf8')}</style>
<style>${read('page.css')}</style>
</head>
<body>
<header>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
<nav aria-label="${escape(title)}"><ul>${results.map(({ name }) => `<li><a href="#${name}">${escape(name)}</a></li>`).join('')}</ul></nav>
</header>
<main>
${results.map(section).join('\n')}
</main>
<script>${readFileSync(join(uplot, 'uPlot.iife.min.js'), 'utf8')}</script>
<script type="application/json" id="plots">${inScript(results.flatMap(({ plots }) => plots))}</script>
<script>${read('page.js')}</script>
</body>
</html>
`;

function section({
  name,
  question,
  load,
  machine,
  node,
  commit,
  measured,
  plots,
  tables = [],
  cells = [],
}: Shown): string {
  return `<section id="${name}" aria-labelledby="${name}-title">
<h2 id="${name}-title">${escape(question)}</h2>
<dl>
<div><dt>Load</dt><dd>${escape(load)}</dd></div>
<div><dt>Machine</dt><dd>${escape(machine)}</dd></div>
<div><dt>Node</dt><dd>${escape(node)}</dd></div>
<div><dt>Commit</dt><dd>${escape(commit)}</dd></div>
</dl>
<table>
<thead><tr><th scope="col">Figure</th><th scope="col">Value</th><th scope="col">Goal</th></tr></thead>
<tbody>
${measured.map((each) => row(each, measured)).join('\n')}
</tbody>
</table>
${plots.map(figure).join('\n')}
${cells.length > 0 ? heatMap(toHeatMap(cells)) : ''}
${[...tables, ...(cells.length > 0 ? [toInterferenceTable(cells), toExtremesTable(cells)] : [])].map(list).join('\n')}
</section>`;
}

const KINDS = { helps: '▲ helps', harms: '▼ harms', mixed: '◆ both', none: '' } as const;

/** Each cell has its meaning in words, so that the colors are not needed. */
const heatMap = ({ faults, rows }: HeatMap): string => `<table class="list heat">
<caption>What changes when one defense is off: figure with everything on → without the defense</caption>
<thead><tr><th scope="col">without</th>${faults.map((fault) => `<th scope="col">${escape(fault)}</th>`).join('')}</tr></thead>
<tbody>
${rows
  .map(
    ({ defense, cells }) =>
      `<tr><th scope="row">${escape(defense)}</th>${cells.map(({ kind, text }) => `<td class="${kind}">${KINDS[kind] && `<strong>${KINDS[kind]}</strong> `}${escape(text)}</td>`).join('')}</tr>`,
  )
  .join('\n')}
</tbody>
</table>`;

const list = ({ title, columns, rows }: Table): string => `<table class="list">
<caption>${escape(title)}</caption>
<thead><tr>${columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map(([first = '', ...rest]) => `<tr><th scope="row">${escape(first)}</th>${rest.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`).join('\n')}
</tbody>
</table>`;

/** Bars of one unit share a scale. Ratios and counts need none. */
function row(each: Measured, all: readonly Measured[]): string {
  const largest = Math.max(...all.filter(({ unit }) => unit === each.unit).map(({ value }) => value));
  const share = each.unit === 'ratio' || each.unit === 'count' ? 0 : each.value / largest;
  const bar = share > 0 ? `<span class="bar" style="--share: ${(share * 100).toFixed(1)}%"></span>` : '';
  return `<tr><th scope="row">${escape(each.name)}</th><td>${escape(formatFigure(each))}${bar}</td><td>${goal(each)}</td></tr>`;
}

function goal(each: Measured): string {
  const reached = isReached(each);
  if (each.goal === undefined) return '';
  if (reached === undefined) return escape(each.goal);
  return `${escape(each.goal)} <strong class="${reached ? 'reached' : 'missed'}">${reached ? '✓ reached' : '✗ missed'}</strong>`;
}

/** The plot is visual. Its label contains the range of each line. */
function figure({ title, x, y, series, bands = [] }: Plot): string {
  const ranges = series.map(({ name, points }) => {
    const values = points.map(([, value]) => value);
    return `${name}: ${short(Math.min(...values))} to ${short(Math.max(...values))}`;
  });
  const faultPeriods = bands.map(({ name, from, to }) => ` ${name} from ${short(from)} to ${short(to)}.`);
  const alternative = `${title}: ${y} over ${x}. ${ranges.join('; ')}.${faultPeriods.join('')}`;
  return `<figure>
<figcaption>${escape(title)}</figcaption>
<div class="plot" role="img" aria-label="${escape(alternative)}"></div>${bands.length > 0 ? renderLegend(bands) : ''}
</figure>`;
}

/** Each breaker has its own strip, in the order in which they first opened. */
function renderLegend(bands: readonly Band[]): string {
  const breakers = bands.flatMap(({ kind, name }) => (kind === 'fault' ? [] : [name.split(':')[0] ?? '']));
  const strips = [...new Set(breakers)].join(', ');
  return `
<p class="bands"><span class="fault">something is broken</span> <span class="open">a breaker is open</span>
<span class="probing">a breaker probes, or lets calls through again</span>${strips && ` From the top: ${escape(strips)}.`}</p>`;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');
/** Encodes JSON so that it cannot end its script element. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
