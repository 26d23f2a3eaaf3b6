/** What is scraped once a minute, by series, in promtool's notation: `0+3x9` is 0, 3, 6, … 27. */
export type Series = Readonly<Record<string, string>>;

/** The same series, fine and not, looked at at the same time. */
export interface Pair {
  readonly alert: string;
  readonly at: string;
  /** A minute, where nothing else is said; hours of minutes would take long, and after five a sample is stale. */
  readonly every?: string;
  readonly fires: { readonly when: string; readonly series: Series };
  readonly labels: Readonly<Record<string, string>>;
  readonly silent: { readonly when: string; readonly series: Series };
}
