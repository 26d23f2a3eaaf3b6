import { globSync, readFileSync } from 'node:fs';

/** A query of a runbook in PromQL. */
export interface RunbookQuery {
  readonly file: string;
  readonly expr: string;
}

/** Every query of the runbooks. A query begins at the margin. Its further lines are indented. */
export const runbookQueries: readonly RunbookQuery[] = globSync('deploy/runbooks/**/*.md').flatMap((file) => {
  const blocks = readFileSync(file, 'utf8').matchAll(/```promql\n(?<block>[^`]*)\n```/g);
  return Array.from(blocks, ({ groups }) => groups?.['block']?.split(/\n(?=\S)/) ?? [])
    .flat()
    .map((expr) => ({ file, expr }));
});
