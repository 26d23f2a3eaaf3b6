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

/** Rules that Prometheus evaluates one after another. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

/** Every group of rules, in order. */
export const ruleGroups: readonly RuleGroup[] = ruleFiles.flatMap(
  (file) => (parse(readFileSync(file, 'utf8')) as { groups: RuleGroup[] }).groups,
);

/** Every rule that Prometheus evaluates, in order. */
export const rules: readonly Rule[] = ruleGroups.flatMap((group) => group.rules);

/** The names of all alerts, without duplicates. */
export const alertNames: readonly string[] = [...new Set(rules.flatMap(({ alert }) => alert ?? []))];

/**
 * Returns the groups with only the rules of an alert: its own, and those whose series they read, directly or not. Promtool
 * evaluates few rules much faster than all.
 */
export function findNeededGroups(alert: string): RuleGroup[] {
  const needed = new Set(rules.filter((rule) => rule.alert === alert));
  // The iteration also visits the rules that it adds.
  for (const { expr } of needed)
    for (const rule of rules) if (rule.record !== undefined && mentions(expr, rule.record)) needed.add(rule);
  return ruleGroups.flatMap((group) => {
    const kept = group.rules.filter((rule) => needed.has(rule));
    return kept.length > 0 ? [{ ...group, rules: kept }] : [];
  });
}

const mentions = (expr: string, series: string): boolean =>
  expr.split(/[^\w:]+/).some((word) => word === series);
