import { describe, expect, it } from 'vitest';
import { type Sample, toOutcome } from './sample.ts';
import { perSecond, summarize, toTable } from './summary.ts';

const sample = (due: number, ms: number, outcome: Sample['outcome'] = 'whole'): Sample => ({
  kind: 'read',
  due,
  ms,
  outcome,
});

it.each([
  [200, false, 'whole'],
  [201, true, 'degraded'],
  [409, false, 'rejected'],
  [503, false, 'overloaded'],
  [504, false, 'failed'],
  [304, false, 'failed'],
] as const)('a %d, degraded %s, is %s', (status, degraded, outcome) => {
  expect(toOutcome(status, degraded)).toBe(outcome);
});

describe('the table', () => {
  const thousand = Array.from({ length: 1000 }, (_, index) => sample(0, 1000 - index));

  it('has the percentiles of each outcome', () => {
    expect(summarize(thousand)).toEqual([
      {
        name: 'read, whole',
        count: 1000,
        latencies: { p50: 500, p90: 900, p99: 990, 'p99.9': 999, max: 1000 },
      },
    ]);
  });

  it('separates reads and orders, and omits empty outcomes', () => {
    const order: Sample = { ...sample(0, 7, 'rejected'), kind: 'order' };
    expect(summarize([order, sample(0, 3, 'no response'), sample(0, 2)]).map(({ name }) => name)).toEqual([
      'read, whole',
      'read, no response',
      'order, rejected',
    ]);
  });

  it('is aligned', () => {
    expect(toTable(summarize([sample(0, 2), sample(0, 1234.56, 'failed')])).split('\n')).toEqual([
      '                 count        p50        p90        p99      p99.9        max',
      '  read, whole        1     2.0 ms     2.0 ms     2.0 ms     2.0 ms     2.0 ms',
      '  read, failed       1  1234.6 ms  1234.6 ms  1234.6 ms  1234.6 ms  1234.6 ms',
    ]);
  });

  it('has no rows without requests', () => {
    expect(summarize([])).toEqual([]);
  });
});

describe('second by second', () => {
  it('a request belongs to the second of its due time, however late its response', () => {
    const seconds = perSecond([sample(5000, 9000), sample(5999, 1), sample(6000, 2)]);
    expect(seconds.map(({ counts }) => counts.whole)).toEqual([2, 1]);
    expect(seconds.map(({ latency }) => latency)).toEqual([
      { p50: 1, p99: 9000 },
      { p50: 2, p99: 2 },
    ]);
  });

  it('a rejection counts without a latency, and a second without requests appears', () => {
    const seconds = perSecond([sample(0, 10, 'overloaded'), sample(2000, 20, 'degraded')]);
    expect(seconds.map(({ counts }) => [counts.overloaded, counts.degraded])).toEqual([
      [1, 0],
      [0, 0],
      [0, 1],
    ]);
    expect(seconds.map(({ latency }) => latency?.p50)).toEqual([undefined, undefined, 20]);
  });

  it('without requests there is no second', () => {
    expect(perSecond([])).toEqual([]);
  });
});
