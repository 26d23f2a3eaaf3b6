import { expect, it } from 'vitest';
import { OrderedFilms } from './ordered-films.ts';

it('OrderedFilms records the last order of each film', () => {
  const ordered = new OrderedFilms();
  expect(ordered.hasAny(Uint32Array.of(7), 0)).toBe(false);
  ordered.add(Uint32Array.of(7, 1_000_000));
  expect(ordered.hasAny(Uint32Array.of(6, 7), 0)).toBe(true);
  expect(ordered.hasAny(Uint32Array.of(1_000_000), 0)).toBe(true);
  expect(ordered.hasAny(Uint32Array.of(6), 0)).toBe(false);
  expect(ordered.hasAny(Uint32Array.of(7), ordered.now)).toBe(false);
});
