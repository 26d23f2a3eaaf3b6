/**
 * Returns the selectors, and the names of series without one, by which PromQL reads series of other jobs too. Platforms that
 * share a Prometheus have a job each.
 */
export function findOtherJobs(expr: string, job: string): string[] {
  const selectors = Array.from(expr.matchAll(/\{[^}]*\}/g), ([selector]) => selector);
  // Without selectors and lists of labels, what remains are functions and names of series.
  const rest = expr.replaceAll(/\{[^}]*\}|\b(?:by|on|ignoring|without|group_\w+) ?\([^)]*\)/g, '{}');
  return [
    ...selectors.filter((selector) => !selector.includes(`job="${job}"`)),
    ...(rest.match(/(?<![\w$])(?:up|ALERTS|\w+[_:][\w:]+)(?![\w:({])/g) ?? []),
  ];
}
