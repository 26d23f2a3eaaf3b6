import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import type { Measured } from '../bench/benchmark.ts';
import { formatFigure, isReached } from '../bench/figure.ts';
import { result } from '../bench/result.ts';

export const MEASUREMENTS = 'docs/measurements.md';
const FOLDER = 'docs/measurements';
const BLOCK = /(?<=<!-- measurements:begin -->\n)[^]*(?=<!-- measurements:end -->)/;

/** A result without its plots, as the repository keeps it. */
const recordedResult = result.omit({ plots: true });
export type RecordedResult = z.input<typeof recordedResult>;
type Group = 'bench' | 'chaos';

/** Writes a result to `docs/measurements/GROUP/NAME.json` and updates the page. */
export async function recordMeasurement(group: Group, recorded: RecordedResult): Promise<void> {
  const folder = join(FOLDER, group);
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify(z.encode(recordedResult, recordedResult.parse(recorded)), null, 2)}\n`;
  writeFileSync(join(folder, `${recorded.name}.json`), text);
  writeFileSync(MEASUREMENTS, await renderMeasurements(readFileSync(MEASUREMENTS, 'utf8')));
}

/** Returns the page with its generated part made from the recorded results. */
export async function renderMeasurements(page: string): Promise<string> {
  const bench = readResults('bench');
  const generated = [
    '## Goals',
    '',
    '| benchmark | figure | measured | goal | reached |',
    '| --- | --- | --- | --- | --- |',
    ...bench.flatMap(toGoalRows),
    '',
    '## Benchmarks',
    '',
    ...bench.map(toSection),
    '## Chaos and fuzz runs',
    '',
    ...readResults('chaos').map(toSection),
  ].join('\n');
  const style = await resolveConfig(MEASUREMENTS);
  return format(
    page.replace(BLOCK, () => `\n${generated}\n`),
    { ...style, filepath: MEASUREMENTS },
  );
}

const readResults = (group: Group) =>
  globSync(`${FOLDER}/${group}/*.json`)
    .toSorted()
    .map((path) => {
      const recorded = recordedResult.parse(JSON.parse(readFileSync(path, 'utf8')));
      if (`${recorded.name}.json` !== basename(path)) throw new Error(`${path} holds ${recorded.name}`);
      return recorded;
    });

const toGoalRows = ({ name, measured }: z.output<typeof recordedResult>): string[] =>
  measured.flatMap((each) => {
    const reached = isReached(each);
    if (reached === undefined) return [];
    return `| [${name}](#${name}) | ${each.name} | ${formatFigure(each)} | ${each.goal} | ${reached ? 'yes' : '**no**'} |`;
  });

const toSection = ({
  name,
  question,
  load,
  machine,
  node,
  commit,
  measured,
}: z.output<typeof recordedResult>): string =>
  [
    `### ${name}`,
    '',
    question,
    '',
    `- Load: ${load}.`,
    `- Measured on ${machine}, Node ${node}, at commit ${commit}.`,
    '',
    '| figure | measured | goal |',
    '| --- | --- | --- |',
    ...measured.map((each: Measured) => `| ${each.name} | ${formatFigure(each)} | ${each.goal ?? ''} |`),
    '',
  ].join('\n');
