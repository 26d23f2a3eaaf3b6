import { mkdirSync, writeFileSync } from 'node:fs';
import type { circumstances } from '../support/circumstances.ts';
import { type Experiment, type Settings, describeTolerance } from './experiment.ts';
import type { Finding, Outcome } from './run-experiment.ts';

export interface Report {
  readonly experiment: Experiment;
  readonly settings: Settings;
  readonly outcome: Outcome;
  readonly on: ReturnType<typeof circumstances>;
}

/** Writes `.data/chaos/NAME/DATABASE-SEED` as JSON and as Markdown, and returns the path of the latter. */
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
  return `${path}.md`;
}

export function renderReport({ experiment, settings, outcome, on }: Report): string {
  const { verdict, reason, before, after, steps, figures, durationMs } = outcome;
  return `# ${experiment.title}

**${verdict}**${reason === undefined ? '' : `: ${reason}`}

Expected: ${experiment.expected}

${settings.orders} orders, seed ${settings.seed}, ${settings.database}; ${seconds(durationMs)} s; ${on.machine}, Node ${on.node}, commit ${on.commit}.

| steady state | tolerated | before | after |
| --- | --- | --- | --- |
${after.map((finding, nth) => `| ${finding.probe} | ${describeTolerance(finding.tolerance)} | ${before[nth]?.value} | ${finding.value} |`).join('\n')}
${after.map(examplesOf).join('')}
| figure | value |
| --- | --- |
${Object.entries(figures)
  .map(([figure, value]) => `| ${figure} | ${value} |`)
  .join('\n')}

| s | step |
| --- | --- |
${steps.map(({ name, atMs }) => `| ${seconds(atMs)} | ${name} |`).join('\n')}
`;
}

export const seconds = (ms: number): string => (ms / 1000).toFixed(1);

const examplesOf = ({ probe, holds, examples = [] }: Finding): string =>
  holds || examples.length === 0 ? '' : `\n${probe}:\n\n${examples.map((each) => `- ${each}\n`).join('')}`;
