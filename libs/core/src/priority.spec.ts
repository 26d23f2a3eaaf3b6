import { expect, it } from 'vitest';
import { permitsFor } from './priority.ts';

it.each([
  { permits: 0, of: [0, 0, 0] },
  { permits: 1, of: [1, 1, 1] },
  { permits: 2, of: [2, 1, 1] },
  { permits: 10, of: [10, 9, 7] },
  { permits: 64, of: [64, 57, 44] },
  { permits: 90, of: [90, 81, 63] },
])('of $permits permits, critical, normal and sheddable requests may use $of', ({ permits, of }) => {
  expect([
    permitsFor('critical', permits),
    permitsFor('normal', permits),
    permitsFor('sheddable', permits),
  ]).toEqual(of);
});
