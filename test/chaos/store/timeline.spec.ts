import { describe, expect, it } from 'vitest';
import { toPlots, servedShare, surprisedShare, tally, wholeAgainS } from './timeline.ts';
import type { Visit } from './visits.ts';

const visit = (
  at: number,
  outcome: Visit['outcome'] = 'good',
  degradations: string[] = [],
  ms = 10,
): Visit => ({
  at,
  ms,
  outcome,
  degradations,
});
const times = (count: number, from: number, everyMs: number, outcome: Visit['outcome'] = 'good'): Visit[] =>
  Array.from({ length: count }, (_, nth) => visit(from + nth * everyMs, outcome));

describe('the timeline of a run', () => {
  it('a degraded response serves a page, a late one or a problem does not', () => {
    expect(servedShare([visit(0), visit(0, 'degraded')])).toBe(1);
    expect(servedShare([visit(0), visit(0, 'failed'), visit(0, 'shed'), visit(0)])).toBe(0.5);
    expect(servedShare([visit(0, 'good', [], 1500), visit(0, 'good', [], 1501)])).toBe(0.5);
  });

  it('without a visit no page was served', () => {
    expect(servedShare([])).toBeNaN();
  });

  it('an expected degradation is no surprise, and another one is', () => {
    const expected = new Set(['product;timeout', 'featured;timeout']);
    const visits = [
      visit(0),
      visit(0, 'degraded', ['product;timeout', 'featured;timeout']),
      visit(0, 'degraded', ['product;timeout', 'featured;flag-off']),
      visit(0, 'failed', ['502 upstream-unreachable']),
    ];
    expect(surprisedShare(visits, expected)).toBe(0.25);
  });

  it('pages are complete again from the first second with 99 % of complete pages on', () => {
    const visits = [...times(50, 0, 20, 'degraded'), ...times(200, 1000, 20)];
    expect(wholeAgainS(visits, 0)).toBe(1);
    expect(wholeAgainS(visits, 2000)).toBe(0);
  });

  it('one degraded page of fifty is too many, and an unfinished second does not count', () => {
    const relapses = [...times(100, 0, 20), ...times(30, 2000, 20)].map((each, nth) =>
      nth % 50 === 49 ? visit(each.at, 'degraded') : each,
    );
    expect(wholeAgainS(relapses, 0)).toBeUndefined();
    expect(wholeAgainS(times(40, 0, 20), 0)).toBeUndefined();
  });

  it('degradations are counted, the most frequent first', () => {
    const visits = [visit(0, 'degraded', ['a']), visit(0, 'degraded', ['b', 'a']), visit(0)];
    expect(tally(visits)).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('is plotted by second, with faults and breakers that are not closed', () => {
    const visits = [visit(5000), visit(5500, 'degraded'), visit(6000, 'failed'), visit(7000)];
    const breaker = { upstream: 'catalog', from: 5500, to: 6500 };
    const [responses, p99] = toPlots(
      visits,
      [{ name: 'gone', from: 5200, to: 6200 }],
      [
        { ...breaker, state: 'closed' },
        { ...breaker, state: 'open' },
        { ...breaker, state: 'half-open' },
        { upstream: 'redis', state: 'open', from: 0, to: 4000 },
      ],
    );
    expect(responses?.series.map(({ name, points }) => [name, points])).toEqual([
      [
        'good',
        [
          [0, 1],
          [1, 0],
        ],
      ],
      [
        'degraded',
        [
          [0, 1],
          [1, 0],
        ],
      ],
      [
        'shed',
        [
          [0, 0],
          [1, 0],
        ],
      ],
      [
        'failed',
        [
          [0, 0],
          [1, 1],
        ],
      ],
    ]);
    expect(responses?.bands).toEqual([
      { name: 'gone', kind: 'fault', from: 0.2, to: 1.2 },
      { name: 'breaker of catalog: open', kind: 'open', from: 0.5, to: 1.5 },
      { name: 'breaker of catalog: half-open', kind: 'probing', from: 0.5, to: 1.5 },
    ]);
    expect(p99?.series[0]?.points).toEqual([
      [0, 10],
      [1, 10],
      [2, 10],
    ]);
  });
});
