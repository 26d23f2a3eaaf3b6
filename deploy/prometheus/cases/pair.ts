/** Values of each series, scraped once a minute, in promtool's notation: `0+3x9` is 0, 3, 6, … 27. */
export type Series = Readonly<Record<string, string>>;

/** Two variants of the same series at the same time: one fires an alert, one does not. */
export interface Pair {
  readonly alert: string;
  readonly at: string;
  /** Interval of the evaluation. Hours of minutes would take long, and after five minutes a sample is stale. @default a minute */
  readonly every?: string;
  readonly fires: { readonly when: string; readonly series: Series };
  readonly labels: Readonly<Record<string, string>>;
  readonly silent: { readonly when: string; readonly series: Series };
}
