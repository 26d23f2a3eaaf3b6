import { describe, expect, it } from 'vitest';
import { toInitialStock, toPrice } from './offer.ts';

describe('toPrice', () => {
  it.each([
    ['2011-12-31', 6, 1499],
    ['2009-01-01', 6, 1499],
    ['2008-12-31', 6, 1199],
    ['2004-01-01', 6, 1199],
    ['2003-12-31', 6, 999],
    ['1995-01-01', 6, 999],
    ['1994-12-31', 6, 799],
    [null, null, 799],
    ['1994-12-31', 8, 999],
    ['2009-01-01', 7.9, 1499],
    ['2009-01-01', 8, 1699],
  ])('returns for release date %s and rating %s: %i cents', (releaseDate, rating, cents) => {
    expect(toPrice({ releaseDate, imdb: { rating, votes: 1 } })).toBe(cents);
  });
});

describe('toInitialStock', () => {
  it.each([
    ['the-dark-knight-2008', 134],
    ['the-land-girls-1998', 96],
    ['saving-private-ryan-1998', 1],
    ['se7en-1995', 4],
    ['fight-club-1999', 0],
  ])('returns for %s: %i', (id, quantity) => {
    expect(toInitialStock(id)).toBe(quantity);
  });
});
