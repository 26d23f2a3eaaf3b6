import { expect, it } from 'vitest';
import { permitsFor } from './priority.ts';

it.each([
  { places: 0, of: [0, 0, 0] },
  { places: 1, of: [1, 1, 1] },
  { places: 2, of: [2, 1, 1] },
  { places: 10, of: [10, 9, 7] },
  { places: 64, of: [64, 57, 44] },
  { places: 90, of: [90, 81, 63] },
])('of $places permits, critical, normal and sheddable requests may use $of', ({ places, of }) => {
  expect([
    permitsFor('critical', places),
    permitsFor('normal', places),
    permitsFor('sheddable', places),
  ]).toEqual(of);
});
