import { describe, expect, it } from 'vitest';
import { Sales } from './sales.ts';

const order = (...productIds: string[]) => ({
  items: productIds.map((productId) => ({ productId, quantity: 2 })),
});

function salesOf(...orders: ReturnType<typeof order>[]): Sales {
  const sales = new Sales();
  for (const each of orders) sales.add(each);
  return sales;
}

describe('Sales', () => {
  it('counts the units of every order', () => {
    const sales = salesOf(order('a', 'b'), order('a'));
    expect(sales.units('a')).toBe(4);
    expect(sales.units('b')).toBe(2);
    expect(sales.units('c')).toBe(0);
  });

  it('believes a co-purchase more with every order that shows it', () => {
    const pair = order('a', 'b');
    expect(salesOf(pair).coPurchases('a')).toEqual(new Map([['b', 0.25]]));
    expect(salesOf(pair, pair, pair).coPurchases('a')).toEqual(new Map([['b', 0.5]]));
  });

  it('counts a co-purchase less for a film that is bought with everything', () => {
    const sales = salesOf(order('a', 'hit'), order('hit'), order('hit'), order('hit'));
    expect(sales.coPurchases('a')).toEqual(new Map([['hit', 0.125]]));
  });

  it('remembers the films bought together most often, 256 at most', () => {
    const sales = salesOf(order('hit', 'twin'), order('hit', 'twin'));
    for (let other = 1; other <= 255; other++) sales.add(order('hit', `film-${other}`));
    expect(sales.coPurchases('hit').size).toBe(256);
    sales.add(order('hit', 'one-more'));
    expect(sales.coPurchases('hit').size).toBe(128);
    expect(sales.coPurchases('hit').has('twin')).toBe(true);
  });

  it('knows no co-purchases of a film never sold', () => {
    expect(salesOf(order('a', 'b')).coPurchases('c')).toEqual(new Map());
  });
});
