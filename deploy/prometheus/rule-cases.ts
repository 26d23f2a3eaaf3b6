import { causes } from './cases/causes.ts';
import { orders } from './cases/orders.ts';
import type { Series } from './cases/pair.ts';
import { presence } from './cases/presence.ts';
import { promises } from './cases/promises.ts';
import { recommendations } from './cases/recommendations.ts';
import { serviceObjectives } from './cases/service-objectives.ts';

export interface RuleCase {
  readonly alert: string;
  /** Ends the sentence "fires when …". */
  readonly when: string;
  readonly series: Series;
  /** Time of the evaluation, from the first scrape. */
  readonly at: string;
  /** Interval of the evaluation of rules. */
  readonly every: string;
  /** Labels of the alert, without its name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly fires: boolean;
}

const pairs = [...promises, ...serviceObjectives, ...orders, ...presence, ...causes, ...recommendations];

export const ruleCases: readonly RuleCase[] = pairs.flatMap(({ fires, silent, every = '1m', ...pair }) => [
  { ...pair, every, ...fires, fires: true },
  { ...pair, every, ...silent, fires: false },
]);
