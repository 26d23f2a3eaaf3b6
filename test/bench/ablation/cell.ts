import { z } from 'zod';
import { percentile } from '../../load/percentiles.ts';
import { firstGoodSecond } from '../series.ts';
import type { Result } from './load.ts';

// JSON has no NaN.
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

/** Figures of one subject under one fault. Lower is better. */
export const figures = z.object({
  /** Pages that failed or took longer than visitors wait, as a fraction. */
  lost: figure,
  /** Pages that were lost or lacked a part, as a fraction. */
  incomplete: figure,
  /** 99th percentile of the latency of served pages, in milliseconds. NaN without any. */
  p99Ms: figure,
  /** Orders that were never confirmed, as a fraction. */
  ordersLost: figure,
  /** Orders in excess of those that clients placed, as a fraction. */
  ordersDoubled: figure,
  /** Calls that the failing upstream received, per request. */
  calls: figure,
  /** Time from the end of the fault until a second with 95 % complete pages; the observed time if there was none. */
  recoveryS: figure,
});
export type Figures = z.output<typeof figures>;
export type Metric = keyof Figures;

/** One subject under one fault in one round. */
export const cell = z.object({ fault: z.string(), subject: z.string(), round: z.number(), figures });
export type Cell = z.output<typeof cell>;

export interface Observed {
  readonly results: readonly Result[];
  /** Period of the fault, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** End of the observation. */
  readonly until: number;
  /** Calls that the failing upstream received during the fault. */
  readonly calls: number;
  /** Number of orders placed, by product. */
  readonly placed: Readonly<Record<string, number>>;
}

const COMPLETE_SHARE = 0.95;

export function toFigures({ results, from, to, until, calls, placed }: Observed): Figures {
  const during = results.filter(({ due }) => due >= from && due < to);
  const pages = during.filter((result) => result.kind === 'page');
  const orders = during.filter((result) => result.kind === 'order');
  const served = pages.filter(({ page }) => page !== 'none').map(({ ms }) => ms);
  const share = (count: number, all: readonly unknown[]): number => count / all.length;
  const doubled = orders.map(({ product }) => Math.max(0, (placed[product] ?? 0) - 1));
  const events = results
    .flatMap((result) => (result.kind === 'page' ? [{ at: result.due, good: result.page === 'whole' }] : []))
    .toSorted((a, b) => a.at - b.at);
  const recovered = firstGoodSecond(events, to, COMPLETE_SHARE) ?? until;
  return {
    lost: share(pages.length - served.length, pages),
    incomplete: share(pages.filter(({ page }) => page !== 'whole').length, pages),
    p99Ms: percentile(
      served.toSorted((a, b) => a - b),
      0.99,
    ),
    ordersLost: share(orders.filter(({ confirmed }) => !confirmed).length, orders),
    ordersDoubled: share(
      doubled.reduce((sum, extra) => sum + extra, 0),
      orders,
    ),
    calls: share(calls, during),
    recoveryS: (recovered - to) / 1000,
  };
}
