import { percentile } from './percentiles.ts';
import { type Sample, isDone, outcomes } from './sample.ts';

const shares = { p50: 0.5, p90: 0.9, p99: 0.99, 'p99.9': 0.999, max: 1 } as const;
type Percentile = keyof typeof shares;
const percentiles = Object.keys(shares) as Percentile[];

/** The requests of one kind with one outcome. */
export interface Row {
  /** For example `read, whole`. */
  readonly name: string;
  readonly count: number;
  /** In milliseconds. */
  readonly latencies: Readonly<Record<Percentile, number>>;
}

const toLatencies = (samples: readonly Sample[]): number[] =>
  samples.map(({ ms }) => ms).toSorted((a, b) => a - b);

/** Computes percentiles by kind and outcome. Omits empty outcomes. */
export function summarize(samples: readonly Sample[]): Row[] {
  const rows = (['read', 'order'] as const).flatMap((kind) =>
    outcomes.map((outcome) => ({
      name: `${kind}, ${outcome}`,
      of: toLatencies(samples.filter((sample) => sample.kind === kind && sample.outcome === outcome)),
    })),
  );
  return rows
    .filter(({ of }) => of.length > 0)
    .map(({ name, of }) => ({
      name,
      count: of.length,
      latencies: Object.fromEntries(
        percentiles.map((name) => [name, percentile(of, shares[name])]),
      ) as Row['latencies'],
    }));
}

/** Formats the table for a terminal. */
export function toTable(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length), 0);
  const head = [''.padEnd(width), 'count'.padStart(8), ...percentiles.map((name) => name.padStart(11))].join(
    '',
  );
  const lines = rows.map(({ name, count, latencies }) =>
    [
      name.padEnd(width),
      String(count).padStart(8),
      ...percentiles.map((name) => `${latencies[name].toFixed(1)} ms`.padStart(11)),
    ].join(''),
  );
  return [head, ...lines].map((line) => `  ${line}`).join('\n');
}

/** The requests that were due in one second. */
export interface Second {
  /** Percentiles of the successful requests, in milliseconds; absent without any. */
  readonly latency: { readonly p50: number; readonly p99: number } | undefined;
  readonly counts: Readonly<Record<Sample['outcome'], number>>;
}

/** Summarizes by second, from the first due time. Rejections have no latency here: they are fast, and would hide it. */
export function perSecond(samples: readonly Sample[]): Second[] {
  const start = Math.min(...samples.map(({ due }) => due));
  const seconds = Map.groupBy(samples, ({ due }) => Math.floor((due - start) / 1000));
  return Array.from({ length: Math.max(-1, ...seconds.keys()) + 1 }, (_, second) => {
    const within = seconds.get(second) ?? [];
    const done = toLatencies(within.filter(isDone));
    const counts = Object.fromEntries(
      outcomes.map((outcome) => [outcome, within.filter((sample) => sample.outcome === outcome).length]),
    ) as Second['counts'];
    const latency = done.length > 0 ? { p50: percentile(done, 0.5), p99: percentile(done, 0.99) } : undefined;
    return { latency, counts };
  });
}
