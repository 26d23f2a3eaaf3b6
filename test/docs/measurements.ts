import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { toExtremesTable, toHeatMap, toInterferenceTable } from '../bench/ablation/heat-map.ts';
import type { Table } from '../bench/benchmark.ts';
import { formatFigure, isReached } from '../bench/figure.ts';
import { RECORDED, type RecordedResult, readResult } from '../bench/result.ts';
import { formatText } from '../../deploy/platform/format.ts';
import { type Row, toTable } from '../../deploy/platform/markdown.ts';

export const MEASUREMENTS = 'docs/measurements.md';
const BLOCK = /(?<=<!-- measurements:begin -->\n)[^]*(?=<!-- measurements:end -->)/;

type Group = 'bench' | 'chaos';

/** Writes a result to `docs/measurements/GROUP/NAME.json` below `root`, and updates the page there. */
export async function recordMeasurement(group: Group, recorded: RecordedResult, root = '.'): Promise<void> {
  const path = join(RECORDED, group, `${recorded.name}.json`);
  const page = join(root, MEASUREMENTS);
  mkdirSync(join(root, RECORDED, group), { recursive: true });
  // NaN becomes `null`, which the schema of results reads as NaN.
  writeFileSync(join(root, path), await formatText('.', path, JSON.stringify(recorded, null, 2)));
  const text = renderMeasurements(readFileSync(page, 'utf8'), root);
  writeFileSync(page, await formatText('.', MEASUREMENTS, text));
}

/** Returns the page with its generated part made from the recorded results below `root`. */
export function renderMeasurements(page: string, root = '.'): string {
  const readResults = (group: Group) => readGroup(join(root, RECORDED, group));
  const bench = readResults('bench');
  const generated = [
    '## Goals',
    '',
    toTable(['benchmark', 'figure', 'measured', 'goal', 'reached'], bench.flatMap(toGoalRows)),
    '',
    '## Benchmarks',
    '',
    ...bench.map(toSection),
    '## Experiments',
    '',
    ...readResults('chaos').map(toSection),
  ].join('\n');
  return page.replace(BLOCK, () => `\n${generated}\n`);
}

const readGroup = (folder: string): RecordedResult[] =>
  globSync(`${folder}/*.json`)
    .toSorted()
    .map((path) => {
      const recorded = readResult(path);
      if (`${recorded.name}.json` !== basename(path)) throw new Error(`${path} holds ${recorded.name}`);
      return recorded;
    });

const toGoalRows = ({ name, measured }: RecordedResult): Row[] =>
  measured.flatMap((each) => {
    const reached = isReached(each);
    if (reached === undefined) return [];
    return [[`[${name}](#${name})`, each.name, formatFigure(each), each.goal, reached ? 'yes' : '**no**']];
  });

const toSection = ({
  name,
  question,
  load,
  machine,
  node,
  commit,
  measured,
  cells = [],
  tables = [],
}: RecordedResult): string =>
  [
    `### ${name}`,
    '',
    question,
    '',
    `- Load: ${load}.`,
    `- Measured on ${machine}, Node ${node}, at commit ${commit}.`,
    '',
    toTable(
      ['figure', 'measured', 'goal'],
      measured.map((each): Row => [each.name, formatFigure(each), each.goal]),
    ),
    '',
    ...[...(cells.length > 0 ? toCellTables(cells) : []), ...tables].flatMap(({ title, columns, rows }) => [
      `${title}:`,
      '',
      toTable(columns, rows),
      '',
    ]),
  ].join('\n');

/** One row for each effect: a table with a column for each fault would be too wide for a document. */
function toCellTables(cells: NonNullable<RecordedResult['cells']>): Table[] {
  const { faults, rows } = toHeatMap(cells);
  return [
    {
      title: 'Changes when one defense is off, from the figure with everything on to the figure without it',
      columns: ['without', 'fault', 'the defense', 'change'],
      rows: rows.flatMap(({ defense, cells: own }) =>
        own.flatMap(({ kind, text }, index) =>
          kind === 'none' ? [] : [[defense, faults[index]!, kind, text]],
        ),
      ),
    },
    toInterferenceTable(cells),
    toExtremesTable(cells),
  ];
}
