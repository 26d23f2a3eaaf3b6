import { expect, it } from 'vitest';
import { type Observed, toFigures } from './cell.ts';
import type { Result } from './load.ts';

const page = (due: number, kind: 'whole' | 'degraded' | 'none', ms = 10): Result => ({
  kind: 'page',
  due,
  ms,
  page: kind,
});
const order = (due: number, product: string, confirmed: boolean): Result => ({
  kind: 'order',
  due,
  product,
  confirmed,
});
const observe = (results: readonly Result[], others: Partial<Observed> = {}) =>
  toFigures({ results, from: 0, to: 1000, until: 6000, calls: 0, placed: {}, ...others });

it('counts the pages and orders of the fault only', () => {
  const during = [page(0, 'whole'), page(250, 'degraded', 40), page(500, 'none', 2000), page(999, 'whole')];
  const orders = [order(100, 'a', true), order(200, 'b', false)];
  const figures = observe([...during, ...orders, page(1000, 'none'), order(1500, 'c', false)], {
    calls: 12,
    placed: { a: 3, b: 1, c: 9 },
  });
  expect(figures).toMatchObject({
    lost: 0.25,
    incomplete: 0.5,
    p99Ms: 40,
    ordersLost: 0.5,
    ordersDoubled: 1,
    calls: 2,
  });
});

it('has recovered at the start of the first second with complete pages', () => {
  const after = Array.from({ length: 40 }, (_, nth) =>
    page(1000 + nth * 100, nth < 20 ? 'degraded' : 'whole'),
  );
  expect(observe(after).recoveryS).toBe(2);
});

it('reports the observed time if it did not recover', () => {
  expect(observe([page(1000, 'none'), page(3000, 'none')]).recoveryS).toBe(5);
});

it('has no latency without a served page', () => {
  expect(observe([page(0, 'none')]).p99Ms).toBeNaN();
});
