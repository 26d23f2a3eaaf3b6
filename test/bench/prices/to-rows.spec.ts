import { expect, it } from 'vitest';
import type { Cell } from '../ablation/cell.ts';
import { type PriceInputs, toPriceRows } from './to-rows.ts';

const cell = (subject: string, lost: number, calls: number): Cell => ({
  fault: 'flaky',
  subject,
  round: 1,
  figures: { lost, incomplete: lost, p99Ms: 10, ordersLost: 0, ordersDoubled: 0, calls, recoveryS: 0 },
});
const inputs: PriceInputs = {
  prices: [{ defense: 'retry', per: 'call', cpuUs: 1.5, memoryMiB: 0.5 }],
  money: { vcpuHour: 0.04, gibHour: 0.005 },
  callsPerPage: 2,
  cells: [cell('on-1', 0, 1.3), cell('on-2', 0, 1.3), cell('retry', 0.2, 1)],
  roundTrips: 2,
};
const findRow = (name: string, changed: Partial<PriceInputs> = {}) =>
  toPriceRows({ ...inputs, ...changed }).find(([defense]) => defense === name);

it('states the costs of a defense beside its greatest effect', () => {
  expect(findRow('retry')).toEqual([
    'retry',
    '1.50 µs per call',
    '512.0 KiB',
    '0.30 per request (flaky)',
    '–',
    '0.000047',
    'flaky: pages lost 0.0 % → 20 %',
  ]);
});

it('has the recorded round trips of an order', () => {
  expect(findRow('idempotency-key')?.[4]).toBe('2 per order');
  expect(findRow('idempotency-key', { roundTrips: undefined })?.[4]).toBe('not recorded');
});

it('states that no ablation is recorded', () => {
  expect(findRow('retry', { cells: [] })).toEqual(
    expect.arrayContaining(['no ablation is recorded', 'no ablation is recorded']),
  );
});

it('states the money of a defense of orders for orders', () => {
  const prices = [{ defense: 'idempotency-key', per: 'order', cpuUs: 5, memoryMiB: 0 }] as const;
  expect(findRow('idempotency-key', { prices })?.[5]).toBe('0.000056 for a million orders');
});
