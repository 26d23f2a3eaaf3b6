import { describe, expect, it } from 'vitest';
import type { Cell, Figures } from './cell.ts';
import { countFalseEffects, findEffects, findInterferences, findUseless, toNoiseBand } from './effects.ts';

const HEALTHY: Figures = {
  lost: 0,
  incomplete: 0,
  p99Ms: 100,
  ordersLost: 0,
  ordersDoubled: 0,
  calls: 1,
  recoveryS: 0,
};

const cell = (subject: string, figures: Partial<Figures> = {}, round = 1): Cell => ({
  fault: 'hangs',
  subject,
  round,
  figures: { ...HEALTHY, ...figures },
});
const repeats = [cell('on-1', { p99Ms: 100 }), cell('on-2', { p99Ms: 110 }), cell('on-3', { p99Ms: 120 })];

describe('the noise band', () => {
  it('extends the range of the repeats by the range on both sides', () => {
    expect(toNoiseBand('lost', [0.1, 0.2, 0.15])).toEqual({
      low: expect.closeTo(0) as number,
      high: expect.closeTo(0.3) as number,
      margin: expect.closeTo(0.1) as number,
    });
  });

  it('is not narrower than the smallest difference that counts', () => {
    expect(toNoiseBand('lost', [0.5, 0.5])).toEqual({ low: 0.48, high: 0.52, margin: 0.02 });
    expect(toNoiseBand('p99Ms', [1000, 1000])).toEqual({ low: 800, high: 1200, margin: 200 });
    expect(toNoiseBand('p99Ms', [10, 10])).toEqual({ low: -40, high: 60, margin: 50 });
  });
});

describe('an effect', () => {
  it('is outside the band: the defense helps if the figure is worse without it', () => {
    const cells = [...repeats, cell('breaker', { p99Ms: 171 })];
    expect(findEffects(cells, 'hangs', 'breaker')).toEqual([
      { fault: 'hangs', subject: 'breaker', metric: 'p99Ms', on: 110, off: 171, direction: 'helps' },
    ]);
  });

  it('is not reported at the edge of the band', () => {
    expect(findEffects([...repeats, cell('breaker', { p99Ms: 170 })], 'hangs', 'breaker')).toEqual([]);
  });

  it('harms if the figure is better without the defense', () => {
    const cells = [
      cell('on-1', { recoveryS: 8 }),
      cell('on-2', { recoveryS: 8.5 }),
      cell('breaker', { recoveryS: 0 }),
    ];
    expect(findEffects(cells, 'hangs', 'breaker')).toMatchObject([
      { metric: 'recoveryS', direction: 'harms', on: 8, off: 0 },
    ]);
  });

  it('has the same direction in every round', () => {
    const again = repeats.map((each) => ({ ...each, round: 2 }));
    const first = cell('breaker', { lost: 1 });
    expect(
      findEffects([...repeats, ...again, first, cell('breaker', { lost: 1 }, 2)], 'hangs', 'breaker'),
    ).toMatchObject([{ metric: 'lost' }]);
    expect(
      findEffects([...repeats, ...again, first, cell('breaker', { lost: 0 }, 2)], 'hangs', 'breaker'),
    ).toEqual([]);
  });

  it('is not found in a figure without a value', () => {
    expect(findEffects([...repeats, cell('off', { p99Ms: Number.NaN })], 'hangs', 'off')).toEqual([]);
  });
});

it('a repeat that differs from the other repeats is a false effect', () => {
  const cells = [cell('on-1'), cell('on-2'), cell('on-3', { lost: 0.5 })];
  expect(countFalseEffects(cells)).toEqual({ found: 1, compared: 21 });
});

describe('two defenses interfere', () => {
  const others = [...repeats, cell('retry', { calls: 2 })];

  it('if the removal of one improves a figure while the other is off', () => {
    const found = findInterferences([...others, cell('breaker'), cell('retry+breaker', { calls: 1 })]);
    expect(found).toEqual([
      { fault: 'hangs', metric: 'calls', without: 'retry', defense: 'breaker', kept: 2, removed: 1 },
    ]);
  });

  it('only if it improves by more than noise', () => {
    expect(findInterferences([...others, cell('breaker'), cell('retry+breaker', { calls: 1.7 })])).toEqual(
      [],
    );
  });

  it('only in every round', () => {
    const cells = [...others, cell('breaker'), cell('retry+breaker', { calls: 1 })];
    const second = cells.map((each) => ({
      ...each,
      round: 2,
      figures: each.subject === 'retry+breaker' ? { ...each.figures, calls: 2 } : each.figures,
    }));
    expect(findInterferences([...cells, ...second])).toEqual([]);
  });
});

it('a measured defense that improves no figure is useless', () => {
  const cells = [...repeats, cell('breaker', { lost: 1 }), cell('hedge')];
  const effects = findEffects(cells, 'hangs', 'breaker');
  expect(findUseless(cells, effects)).toContain('hedge');
  expect(findUseless(cells, effects)).not.toContain('breaker');
  expect(findUseless(cells, effects)).not.toContain('retry');
});
