import { expect, it } from 'vitest';
import { createProgress } from './progress.ts';

it('reports counts and the time left, which grows with the work that is left', () => {
  const reported: string[] = [];
  let now = 1000;
  const progress = createProgress(
    (text) => reported.push(text.trim()),
    'orders',
    5_000_000,
    () => now,
  );
  progress(0);
  now += 20_000;
  progress(50_000);
  now += 20_000;
  progress(2_500_000);
  progress(5_000_000);
  expect(reported).toEqual([
    'orders: 0 of 5,000,000',
    'orders: 50,000 of 5,000,000, 33 min left',
    'orders: 2,500,000 of 5,000,000, 40 s left',
    'orders: 5,000,000 of 5,000,000, 0 s left',
  ]);
});
