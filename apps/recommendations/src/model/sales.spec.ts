import { describe, expect, it } from 'vitest';
import { Sales } from './sales.ts';

const order = (...productIds: string[]) => ({
  items: productIds.map((productId) => ({ productId, quantity: 2 })),
});

function createSales(...orders: ReturnType<typeof order>[]): Sales {
  const sales = new Sales();
  for (const each of orders) sales.add(each);
  return sales;
}

describe('Sales', () => {
  it('counts the units of every order', () => {
    const sales = createSales(order('a', 'b'), order('a'));
    expect(sales.units('a')).toBe(4);
    expect(sales.units('b')).toBe(2);
    expect(sales.units('c')).toBe(0);
  });

  it('gives a co-purchase more weight with each common order', () => {
    const pair = order('a', 'b');
    expect(createSales(pair).coPurchases('a')).toEqual(new Map([['b', 0.25]]));
    expect(createSales(pair, pair, pair).coPurchases('a')).toEqual(new Map([['b', 0.5]]));
  });

  it('gives a co-purchase with a best-seller less weight', () => {
    const sales = createSales(order('a', 'hit'), order('hit'), order('hit'), order('hit'));
    expect(sales.coPurchases('a')).toEqual(new Map([['hit', 0.125]]));
  });

  it('keeps the most frequent co-purchases, at most 256', () => {
    const sales = createSales(order('hit', 'twin'), order('hit', 'twin'));
    for (let other = 1; other <= 255; other++) sales.add(order('hit', `film-${other}`));
    expect(sales.coPurchases('hit').size).toBe(256);
    sales.add(order('hit', 'one-more'));
    expect(sales.coPurchases('hit').size).toBe(128);
    expect(sales.coPurchases('hit').has('twin')).toBe(true);
  });

  it('has no co-purchases for a film without sales', () => {
    expect(createSales(order('a', 'b')).coPurchases('c')).toEqual(new Map());
  });
});
