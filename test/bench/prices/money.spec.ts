import { expect, it } from 'vitest';
import { formatMoney, toMoney } from './money.ts';

const prices = { vcpuHour: 0.04, gibHour: 0.005 };

it('an hour of CPU in a million pages costs the price of an hour', () => {
  expect(toMoney(3600, 0, prices)).toBeCloseTo(0.04);
});

it('memory is held while a million pages are served, 100 per second', () => {
  expect(toMoney(0, 1024, prices)).toBeCloseTo((10_000 / 3600) * 0.005);
});

it('formats small prices with two significant digits', () => {
  expect([0, 0.000_021_4, 0.0123, 1.5, 12].map(formatMoney)).toEqual([
    '0',
    '0.000021',
    '0.012',
    '1.50',
    '12.00',
  ]);
});
