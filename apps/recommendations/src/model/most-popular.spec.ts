import { describe, expect, it } from 'vitest';
import { film, ids } from '../../test/films.ts';
import { findMostPopular } from './most-popular.ts';
import { Sales } from './sales.ts';

const films = [
  film('a', { imdb: { rating: 5, votes: 4000 } }),
  film('b'),
  film('c', { imdb: { rating: 9, votes: 2500 } }),
  film('d'),
];

const createSales = (productId: string, quantity: number): Sales => {
  const sales = new Sales();
  sales.add({ items: [{ productId, quantity }] });
  return sales;
};

describe('mostPopular', () => {
  it('ranks by votes without sales and keeps the order of equal films', () => {
    expect(ids(findMostPopular(films, new Sales(), 4))).toEqual(['a', 'c', 'b', 'd']);
  });

  it('counts a sold unit as a thousand votes', () => {
    expect(ids(findMostPopular(films, createSales('c', 1), 2))).toEqual(['a', 'c']);
    expect(ids(findMostPopular(films, createSales('c', 2), 2))).toEqual(['c', 'a']);
    expect(ids(findMostPopular(films, createSales('d', 3), 2))).toEqual(['a', 'd']);
  });
});
