import { mkdirSync, writeFileSync } from 'node:fs';
import { toTable } from '../../deploy/platform/markdown.ts';
import type { RecordedResult } from '../bench/result.ts';
import type { environmentInfo } from '../support/environment-info.ts';
import { type Heading, type Shown, renderPage } from '../bench/page.ts';
import type { Table } from '../bench/benchmark.ts';
import { type Experiment, type Settings, describeTolerance, describeValue } from './experiment.ts';
import type { Finding, Outcome } from './run-experiment.ts';

export interface Report {
  readonly experiment: Experiment;
  readonly settings: Settings;
  readonly outcome: Outcome;
  readonly on: ReturnType<typeof environmentInfo>;
}

/** Writes `.data/chaos/NAME/DATABASE-SEED` as JSON, Markdown and a page. Returns the path without its extension. */
export function writeReport(report: Report): string {
  const { experiment, settings, outcome, on } = report;
  const { name, title, expected } = experiment;
  const folder = `.data/chaos/${name}`;
  const path = `${folder}/${settings.database}-${settings.seed}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    `${path}.json`,
    `${JSON.stringify({ name, title, expected, settings, ...on, ...outcome }, null, 2)}\n`,
  );
  writeFileSync(`${path}.md`, renderReport(report));
  writeFileSync(`${path}.html`, renderPage([toResult(report)], toHeading(title)));
  return path;
}

/** Writes `.data/chaos/SERIES` as Markdown and a page about all its runs. Returns the path without its extension. */
export function writeSeries(name: string, reports: readonly Report[]): string {
  const path = `.data/chaos/${name}`;
  const rows = reports.map(({ experiment, settings, outcome }) => [
    `[${experiment.name}](${experiment.name}/${settings.database}-${settings.seed}.md)`,
    experiment.title,
    `**${outcome.verdict}**`,
    seconds(outcome.durationMs),
  ]);
  const table = toTable(['experiment', 'question', 'verdict', 's'], rows);
  writeFileSync(`${path}.md`, `# ${name}\n\n${table}\n`);
  writeFileSync(`${path}.html`, renderPage(reports.map(toResult), toHeading(name)));
  return path;
}

const toHeading = (title: string): Heading => ({
  title,
  text: 'The film store under faults: results, tolerances and the course of each run.',
});

/** Converts a report for the page. */
function toResult({ experiment, settings, outcome, on }: Report): Shown {
  const { verdict, reason, after, durationMs, tables, plots } = outcome;
  return {
    name: experiment.name,
    question: `${experiment.title} ${verdict}${reason === undefined ? '' : ` (${reason})`}`,
    load: `seed ${settings.seed}, ${settings.database}, ${seconds(durationMs)} s`,
    ...on,
    measured: after.map(({ probe, tolerance, value }) => ({
      name: probe,
      unit: tolerance.unit ?? 'count',
      value,
      goal: describeTolerance(tolerance),
    })),
    tables,
    plots,
  };
}

/** Returns the result that `docs/measurements` keeps: what was measured, and the counts of the run. */
export function toRecordedResult(report: Report): RecordedResult {
  const { tables, plots, ...shown } = toResult(report);
  const figures = Object.entries(report.outcome.figures);
  const counts = figures.map(([name, value]) => ({ name, unit: 'count' as const, value }));
  return { ...shown, measured: [...shown.measured, ...counts] };
}

export function renderReport({ experiment, settings, outcome, on }: Report): string {
  const { verdict, reason, before, after, steps, figures, tables, durationMs } = outcome;
  return `# ${experiment.title}

**${verdict}**${reason === undefined ? '' : `: ${reason}`}

Expected: ${experiment.expected}

Seed ${settings.seed}, ${settings.database}; ${seconds(durationMs)} s; ${on.machine}, Node ${on.node}, commit ${on.commit}.

${toTable(
  ['steady state', 'tolerated', 'before', 'after', ''],
  after.map((finding, nth) => [
    finding.probe,
    describeTolerance(finding.tolerance),
    reported(before[nth]),
    reported(finding),
    finding.holds ? '✓' : '✗',
  ]),
)}
${after.map(formatExamples).join('')}
${tables.map(renderTable).join('')}
${toTable(
  ['figure', 'value'],
  Object.entries(figures).map(([figure, value]) => [figure, String(value)]),
)}

${toTable(
  ['s', 'step'],
  steps.map(({ name, atMs }) => [seconds(atMs), name]),
)}
`;
}

export const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const reported = (finding: Finding | undefined): string =>
  finding ? describeValue(finding.tolerance, finding.value) : '';

const renderTable = ({ title, columns, rows }: Table): string =>
  `## ${title}\n\n${toTable(columns, rows)}\n\n`;

const formatExamples = ({ probe, holds, examples = [] }: Finding): string =>
  holds || examples.length === 0 ? '' : `\n${probe}:\n\n${examples.map((each) => `- ${each}\n`).join('')}`;
