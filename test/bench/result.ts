import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cell } from './ablation/cell.ts';

/** Content of `.data/bench/NAME.json`. */
export const result = z.object({
  name: z.string(),
  question: z.string(),
  load: z.string(),
  machine: z.string(),
  node: z.string(),
  commit: z.string(),
  measured: z.array(
    z.object({
      name: z.string(),
      unit: z.enum(['ns', 'µs', 'ms', 's', '/s', 'MiB', 'ratio', 'share', 'count']),
      // JSON has no NaN.
      value: z
        .number()
        .nullable()
        .transform((value) => value ?? Number.NaN),
      goal: z.string().exactOptional(),
    }),
  ),
  cells: z.array(cell).readonly().exactOptional(),
  tables: z
    .array(
      z.object({
        title: z.string(),
        columns: z.array(z.string()).readonly(),
        rows: z.array(z.array(z.string()).readonly()).readonly(),
      }),
    )
    .readonly()
    .exactOptional(),
  plots: z.array(
    z.object({
      title: z.string(),
      x: z.string(),
      isXLogarithmic: z.boolean().exactOptional(),
      y: z.string(),
      series: z.array(z.object({ name: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
      bands: z
        .array(
          z.object({
            name: z.string(),
            kind: z.enum(['fault', 'open', 'probing']),
            from: z.number(),
            to: z.number(),
          }),
        )
        .exactOptional(),
    }),
  ),
});
export type Result = z.infer<typeof result>;

/** A result without its plots, as the repository keeps it. */
const recordedResult = result.omit({ plots: true });
export type RecordedResult = z.output<typeof recordedResult>;

/** Folder of the recorded results, with one folder for each group. */
export const RECORDED = 'docs/measurements';

export const readResult = (path: string): RecordedResult =>
  recordedResult.parse(JSON.parse(readFileSync(path, 'utf8')));

/** Returns the recorded result of a benchmark below `root`; `undefined` if none is recorded. */
export function readRecorded(name: string, root = '.'): RecordedResult | undefined {
  const path = join(root, RECORDED, 'bench', `${name}.json`);
  return existsSync(path) ? readResult(path) : undefined;
}
