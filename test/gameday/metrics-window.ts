export interface Series {
  readonly labels: string;
  readonly value: number;
}

/** The series of a service, by the name of their metric. */
export type Metrics = ReadonlyMap<string, readonly Series[]>;

/** Metrics of all services at one time. A service that does not respond has none. */
export interface Scrape {
  /** In milliseconds. */
  readonly at: number;
  readonly services: ReadonlyMap<string, Metrics | undefined>;
}

const SERIES =
  /^((?:http_server|degraded|idempotency|load_shedding|upstream|telemetry|nodejs_eventloop)_\w+)(?:\{(.*)\})? (\S+)/gm;

/**
 * Parses the text of `/metrics`, once for each scrape: the links of the store go through the process of the game, which must stay
 * fast. Only the metrics of requests, calls and the event loop are kept.
 */
export function parseMetrics(text: string): Metrics {
  const metrics = new Map<string, Series[]>();
  for (const [, metric = '', labels = '', value] of text.matchAll(SERIES)) {
    const series = metrics.get(metric) ?? [];
    series.push({ labels, value: Number(value) });
    metrics.set(metric, series);
  }
  return metrics;
}

/** Returns the series of a metric whose labels match all patterns. */
export const findSeries = (
  metrics: Metrics | undefined,
  metric: string,
  patterns: readonly RegExp[],
): Series[] =>
  (metrics?.get(metric) ?? []).filter(({ labels }) => patterns.every((pattern) => pattern.test(labels)));

export const sum = (series: readonly Series[]): number =>
  series.reduce((total, { value }) => total + value, 0);

/** Returns the value of a label, or an empty text. */
export const readLabel = (labels: string, name: string): string =>
  new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1] ?? '';

/** The scrapes of the last seconds, oldest first. */
export class MetricsWindow {
  readonly #scrapes: readonly Scrape[];

  constructor(scrapes: readonly Scrape[]) {
    this.#scrapes = scrapes;
  }

  /** Returns whether the newest `count` scrapes reached the service, or none of them did. `undefined` otherwise. */
  isUp(service: string, count: number): boolean | undefined {
    const newest = this.#scrapes.slice(-count);
    const up = newest.filter(({ services }) => services.get(service) !== undefined).length;
    if (up === newest.length && up > 0) return true;
    return up === 0 && newest.length === count ? false : undefined;
  }

  /** The present series of a metric. */
  current(service: string, metric: string, ...patterns: RegExp[]): Series[] {
    return findSeries(this.#scrapes.at(-1)?.services.get(service), metric, patterns);
  }

  /** Increase of the sum of the series within the window. A counter that restarted counts from 0. */
  increase(service: string, metric: string, ...patterns: RegExp[]): number {
    const sums = this.#scrapes.flatMap(({ services }) => {
      const metrics = services.get(service);
      return metrics ? [sum(findSeries(metrics, metric, patterns))] : [];
    });
    return sums
      .slice(1)
      .reduce((total, value, index) => total + (value >= sums[index]! ? value - sums[index]! : value), 0);
  }

  /** Lowest value of a gauge in the newest `count` scrapes; infinite if they did not reach the service. */
  lowest(service: string, metric: string, count: number): number {
    const values = this.#scrapes
      .slice(-count)
      .flatMap(({ services }) => findSeries(services.get(service), metric, []).map(({ value }) => value));
    return Math.min(...values);
  }
}
