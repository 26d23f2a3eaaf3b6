import { describe, expect, it } from 'vitest';
import { type Books, type Discrepancies, reconcile } from './reconcile.ts';

const item = { productId: 'heat-1995', quantity: 2 };
const placed = (id: string, items = [item]) => ({ status: 201, body: JSON.stringify({ id, items }) });
const refused = (requestId: string) => ({
  status: 409,
  body: `{"code":"out-of-stock","requestId":"${requestId}"}`,
});

/** Ann and Bob got what they asked for, Cat got nothing because there was not enough. */
const sound: Books = {
  receipts: [
    { key: 'ann', items: [item], responses: [placed('order-1'), placed('order-1')] },
    { key: 'bob', items: [item], responses: [placed('order-2')] },
    { key: 'cat', items: [{ ...item, quantity: 9 }], responses: [refused('a'), refused('b')] },
  ],
  stockBefore: new Map([
    ['heat-1995', 10],
    ['alien-1979', 3],
  ]),
  ledger: {
    orders: [
      { id: 'order-1', key: 'ann', seq: 1, items: [item] },
      { id: 'order-2', key: 'bob', seq: 2, items: [item] },
    ],
    stock: new Map([
      ['heat-1995', 6],
      ['alien-1979', 3],
    ]),
  },
  feed: [
    { seq: 1, orderId: 'order-1', items: [item] },
    { seq: 2, orderId: 'order-2', items: [item] },
  ],
};
const none: Discrepancies = {
  lost: [],
  duplicated: [],
  stock: [],
  feed: [],
  responses: [],
  withoutResponse: [],
};

const withLedger = (change: Partial<Books['ledger']>): Books => ({
  ...sound,
  ledger: { ...sound.ledger, ...change },
});
const withResponses = (key: string, ...responses: Books['receipts'][number]['responses']): Books => ({
  ...sound,
  receipts: sound.receipts.map((receipt) => (receipt.key === key ? { ...receipt, responses } : receipt)),
});

describe('the reconciliation', () => {
  it('finds nothing where each order was placed once', () => {
    expect(reconcile(sound)).toEqual(none);
  });

  it('finds an order that was confirmed and lost', () => {
    const found = reconcile(withLedger({ orders: sound.ledger.orders.slice(0, 1) }));
    expect(found).toEqual({
      ...none,
      lost: ['bob was told of order-2'],
      stock: ['heat-1995: 10 − 2 ≠ 6'],
      feed: ['2 tells otherwise of order-2'],
    });
  });

  it('finds a second order under one key', () => {
    const twice = { id: 'order-3', key: 'ann', seq: 3, items: [item] };
    const found = reconcile({
      ...withLedger({
        orders: [...sound.ledger.orders, twice],
        stock: new Map([
          ['heat-1995', 4],
          ['alien-1979', 3],
        ]),
      }),
      feed: [...sound.feed, { seq: 3, orderId: 'order-3', items: [item] }],
    });
    expect(found).toEqual({ ...none, duplicated: ['order-3 was placed under ann'] });
  });

  it('finds an order under a key that was refused', () => {
    const found = reconcile(withResponses('bob', refused('c')));
    expect(found).toEqual({ ...none, duplicated: ['order-2 was placed under bob'] });
  });

  it('finds one order that two clients were told is theirs', () => {
    const found = reconcile(withResponses('bob', placed('order-1')));
    expect(found.duplicated).toContain('order-2 was placed under bob');
  });

  it('takes one order of a client that never heard of it for no second one, but two of them', () => {
    const unheard = withResponses('bob');
    expect(reconcile(unheard)).toEqual({ ...none, withoutResponse: ['bob'] });
    const twice = { id: 'order-3', key: 'bob', seq: 3, items: [item] };
    const orders = [...sound.ledger.orders, twice];
    expect(reconcile({ ...unheard, ledger: { ...sound.ledger, orders } }).duplicated).toHaveLength(1);
  });

  it('finds stock that was taken twice, and stock that nobody bought', () => {
    const found = reconcile(
      withLedger({
        stock: new Map([
          ['heat-1995', 4],
          ['alien-1979', 2],
        ]),
      }),
    );
    expect(found).toEqual({ ...none, stock: ['heat-1995: 10 − 4 ≠ 4', 'alien-1979: 3 − 0 ≠ 2'] });
  });

  it('finds a gap in the feed, an order told twice, and one not told', () => {
    const [first, second] = sound.feed as [Books['feed'][number], Books['feed'][number]];
    expect(reconcile({ ...sound, feed: [first] }).feed).toEqual(['order-2 is not told']);
    expect(reconcile({ ...sound, feed: [first, { ...second, seq: 3 }] }).feed).toEqual([
      'place 2 holds 3',
      '3 tells otherwise of order-2',
    ]);
    expect(reconcile({ ...sound, feed: [first, second, { ...first, seq: 3 }] }).feed).toEqual([
      '3 tells otherwise of order-1',
      '1 orders are told twice',
    ]);
  });

  it('finds an answer that changed by a byte when it was replayed', () => {
    const [first] = sound.receipts[0]!.responses;
    const found = reconcile(withResponses('ann', first!, { ...first!, body: `${first!.body} ` }));
    expect(found.responses).toHaveLength(1);
    expect(reconcile(withResponses('ann', placed('order-1'), refused('c'))).responses).toHaveLength(1);
  });

  it('finds items that were not asked for, in the order and in the answer', () => {
    const other = [{ ...item, quantity: 1 }];
    expect(reconcile(withResponses('ann', placed('order-1', other))).responses).toEqual([
      'ann was told of other items',
    ]);
    const [, second] = sound.ledger.orders;
    const orders = [{ ...sound.ledger.orders[0]!, items: other }, second!];
    expect(reconcile(withLedger({ orders })).responses).toEqual(['ann got other items than it asked for']);
  });

  it('finds answers that no client can rely on, and clients without one', () => {
    expect(reconcile(withResponses('cat', { status: 422, body: '{}' })).responses).toEqual([
      'cat was answered 422 {}',
    ]);
    expect(reconcile(withResponses('cat'))).toEqual({ ...none, withoutResponse: ['cat'] });
  });
});
