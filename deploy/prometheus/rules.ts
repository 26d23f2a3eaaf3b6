import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** A recording rule has `record`, an alerting rule has `alert`. */
export interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  /** Time for which the expression must hold before the alert fires. @default at once */
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const directory = fileURLToPath(new URL('rules/', import.meta.url));

export const ruleFiles: readonly string[] = readdirSync(directory)
  .toSorted()
  .map((file) => join(directory, file));

/** Every rule that Prometheus evaluates, in order. */
export const rules: readonly Rule[] = ruleFiles.flatMap((file) => {
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
});

/** The names of all alerts, without duplicates. */
export const alertNames: readonly string[] = [...new Set(rules.flatMap(({ alert }) => alert ?? []))];
