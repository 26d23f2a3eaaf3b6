import { describe, expect, it } from 'vitest';
import { entry } from '../../test/orders.ts';
import { toFeedStart, applyPage } from './feed-page.ts';

const at = (seq: number) => ({ seq, orderId: entry(seq, []).orderId });

describe('readPage', () => {
  it('reads a feed from its start', () => {
    expect(toFeedStart(undefined)).toBe(0);
    expect(applyPage(undefined, [entry(1, ['a']), entry(4, ['b'])])).toEqual({
      kind: 'news',
      news: [entry(1, ['a']), entry(4, ['b'])],
      position: at(4),
    });
  });

  it('stays at the start of an empty feed', () => {
    expect(applyPage(undefined, [])).toEqual({ kind: 'news', news: [], position: undefined });
  });

  it('asks for the entry applied last again, and takes only what follows it as news', () => {
    expect(toFeedStart(at(4))).toBe(3);
    expect(applyPage(at(4), [entry(4, ['b']), entry(5, ['c'])])).toEqual({
      kind: 'news',
      news: [entry(5, ['c'])],
      position: at(5),
    });
  });

  it('takes an entry that comes twice once', () => {
    const page = applyPage(at(1), [entry(1, ['a']), entry(2, ['b']), entry(2, ['b']), entry(1, ['a'])]);
    expect(page).toEqual({ kind: 'news', news: [entry(2, ['b'])], position: at(2) });
  });

  it('notices a feed that ends before the position', () => {
    expect(applyPage(at(4), [])).toEqual({ kind: 'other-history' });
  });

  it('notices another order at the position', () => {
    expect(applyPage(at(4), [entry(4, ['b'], 1), entry(5, ['c'], 1)])).toEqual({ kind: 'other-history' });
  });
});
