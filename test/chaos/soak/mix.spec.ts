import { expect, it } from 'vitest';
import { seeded } from '../random.ts';
import { createDeck } from './faults.ts';
import { drawRequest } from './mix.ts';

const shop = {
  films: ['jaws-1975', 'alien-1979'],
  genres: ['Horror & more'],
  words: ['Jaws:'],
  cursors: ['abc'],
};

it('most requests are for existing pages, and some are mistakes', () => {
  const random = seeded(1);
  const drawn = Array.from({ length: 10_000 }, () => drawRequest(random, shop));
  const measureFraction = (path: string) =>
    drawn.filter((each) => each.path.startsWith(path)).length / drawn.length;
  expect(measureFraction('/api/products/')).toBeCloseTo(0.63, 1);
  expect(measureFraction('/api/home')).toBeCloseTo(0.15, 1);
  expect(measureFraction('/api/products?q=Jaws%3A')).toBeCloseTo(0.08, 1);
  expect(drawn.map(({ path }) => path)).toContain('/api/products?limit=24&genre=Horror%20%26%20more');
  expect(drawn).toContainEqual({ method: 'POST', path: '/api/orders', body: '{"items": [' });
  expect(new Set(drawn.map(({ method }) => method))).toEqual(new Set(['GET', 'POST', 'DELETE']));
});

it('the same seed draws the same requests', () => {
  const [one, other] = [seeded(7), seeded(7)];
  for (let nth = 0; nth < 100; nth++) expect(drawRequest(one, shop)).toEqual(drawRequest(other, shop));
});

it('a deck deals every card before it deals one again', () => {
  const deal = createDeck(['a', 'b', 'c'], seeded(3));
  for (let nth = 0; nth < 5; nth++) expect([deal(), deal(), deal()].toSorted()).toEqual(['a', 'b', 'c']);
});
