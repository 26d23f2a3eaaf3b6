import { describe, expect, it } from 'vitest';
import { type Books, type Discrepancies, reconcile } from './reconcile.ts';

const item = { productId: 'heat-1995', quantity: 2 };
const placed = (id: string, items = [item]) => ({ status: 201, body: JSON.stringify({ id, items }) });
const rejected = (requestId: string) => ({
  status: 409,
  body: `{"code":"out-of-stock","requestId":"${requestId}"}`,
});

/** Ann and Bob got their orders. Cat was rejected because the stock was too low. */
const sound: Books = {
  receipts: [
    { key: 'ann', items: [item], responses: [placed('order-1'), placed('order-1')] },
    { key: 'bob', items: [item], responses: [placed('order-2')] },
    { key: 'cat', items: [{ ...item, quantity: 9 }], responses: [rejected('a'), rejected('b')] },
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
  it('finds nothing if each order was placed once', () => {
    expect(reconcile(sound)).toEqual(none);
  });

  it('finds an order that was confirmed and lost', () => {
    const found = reconcile(withLedger({ orders: sound.ledger.orders.slice(0, 1) }));
    expect(found).toEqual({
      ...none,
      lost: ['bob received order-2, which does not exist'],
      stock: ['heat-1995: 10 − 2 ≠ 6'],
      feed: ['entry 2 of the feed does not match order-2'],
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

  it('finds an order under a key that was rejected', () => {
    const found = reconcile(withResponses('bob', rejected('c')));
    expect(found).toEqual({ ...none, duplicated: ['order-2 was placed under bob'] });
  });

  it('finds one order that two clients received', () => {
    const found = reconcile(withResponses('bob', placed('order-1')));
    expect(found.duplicated).toContain('order-2 was placed under bob');
  });

  it('accepts one order of a client without a response, and finds a second one', () => {
    const unheard = withResponses('bob');
    expect(reconcile(unheard)).toEqual({ ...none, withoutResponse: ['bob'] });
    const twice = { id: 'order-3', key: 'bob', seq: 3, items: [item] };
    const orders = [...sound.ledger.orders, twice];
    expect(reconcile({ ...unheard, ledger: { ...sound.ledger, orders } }).duplicated).toHaveLength(1);
  });

  it('finds stock that was taken twice, and stock that no client bought', () => {
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

  it('finds a gap in the feed, a repeated entry, and a missing one', () => {
    const [first, second] = sound.feed as [Books['feed'][number], Books['feed'][number]];
    expect(reconcile({ ...sound, feed: [first] }).feed).toEqual(['order-2 is not in the feed']);
    expect(reconcile({ ...sound, feed: [first, { ...second, seq: 3 }] }).feed).toEqual([
      'position 2 holds 3',
      'entry 3 of the feed does not match order-2',
    ]);
    expect(reconcile({ ...sound, feed: [first, second, { ...first, seq: 3 }] }).feed).toEqual([
      'entry 3 of the feed does not match order-1',
      'the feed repeats 1 orders',
    ]);
  });

  it('finds a response that changed by a byte when it was replayed', () => {
    const [first] = sound.receipts[0]!.responses;
    const found = reconcile(withResponses('ann', first!, { ...first!, body: `${first!.body} ` }));
    expect(found.responses).toHaveLength(1);
    expect(reconcile(withResponses('ann', placed('order-1'), rejected('c'))).responses).toHaveLength(1);
  });

  it('finds wrong items, in the order and in the response', () => {
    const other = [{ ...item, quantity: 1 }];
    expect(reconcile(withResponses('ann', placed('order-1', other))).responses).toEqual([
      'ann received other items',
    ]);
    const [, second] = sound.ledger.orders;
    const orders = [{ ...sound.ledger.orders[0]!, items: other }, second!];
    expect(reconcile(withLedger({ orders })).responses).toEqual([
      'the order of ann has other items than requested',
    ]);
  });

  it('finds responses that are not final, and clients without a response', () => {
    expect(reconcile(withResponses('cat', { status: 422, body: '{}' })).responses).toEqual([
      'cat received 422 {}',
    ]);
    expect(reconcile(withResponses('cat'))).toEqual({ ...none, withoutResponse: ['cat'] });
  });
});
