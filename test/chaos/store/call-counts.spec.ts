import { expect, it } from 'vitest';
import { amplification, callsTo, sumSeries } from './call-counts.ts';
import { degradedParts } from './visits.ts';

const METRICS = `# TYPE upstream_attempt_duration_seconds histogram
upstream_attempt_duration_seconds_count{upstream="catalog",outcome="success"} 90
upstream_attempt_duration_seconds_count{upstream="catalog",outcome="timeout"} 30
upstream_attempt_duration_seconds_count{upstream="offers",outcome="success"} 7
upstream_attempt_duration_seconds_sum{upstream="catalog",outcome="success"} 0.5
upstream_retries_total{upstream="catalog",outcome="retried"} 15
upstream_retries_total{upstream="catalog",outcome="budget-empty"} 40
upstream_hedges_total{upstream="catalog",outcome="hedged"} 5
upstream_hedges_total{upstream="catalog",outcome="won"} 4
upstream_rejections_total{upstream="catalog",reason="breaker-open"} 20 1795999999999
`;

it('sums the series that have all of the labels', () => {
  expect(sumSeries(METRICS, 'upstream_attempt_duration_seconds_count', { upstream: 'catalog' })).toBe(120);
  expect(sumSeries(METRICS, 'upstream_retries_total', { outcome: 'retried', upstream: 'offers' })).toBe(0);
});

it('a call is a first attempt, or one that a local policy rejected', () => {
  expect(callsTo(METRICS, 'catalog')).toEqual({ attempts: 120, calls: 120 });
  expect(callsTo(METRICS, 'offers')).toEqual({ attempts: 7, calls: 7 });
});

it('amplification covers the time between two readings', () => {
  const before = { attempts: 100, calls: 100 };
  expect(amplification(before, { attempts: 130, calls: 120 })).toBe(1.5);
  expect(amplification(before, before)).toBe(0);
});

it('reads feature and reason of every degraded part', () => {
  expect(degradedParts(undefined)).toEqual([]);
  expect(
    degradedParts('flags;reason=unreachable;source=default, offers;reason=flag-off;source=popular'),
  ).toEqual(['flags;unreachable', 'offers;flag-off']);
});
