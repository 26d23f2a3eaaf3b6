import { platform } from '../../platform.config.ts';
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

/** Adds the job of this platform to series without a job. Rules ignore series of other jobs. */
const inJob = (series: Series): Series =>
  Object.fromEntries(
    Object.entries(series).map(([name, values]) => [
      name.includes('job="') ? name : name.replace('{', `{job="${platform.name}", `),
      values,
    ]),
  );

export const ruleCases: readonly RuleCase[] = pairs.flatMap(({ fires, silent, every = '1m', ...pair }) => {
  const common = { ...pair, every, labels: { job: platform.name, ...pair.labels } };
  return [
    { ...common, ...fires, series: inJob(fires.series), fires: true },
    { ...common, ...silent, series: inJob(silent.series), fires: false },
  ];
});
