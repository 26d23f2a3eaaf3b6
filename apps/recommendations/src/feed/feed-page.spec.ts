import { describe, expect, it } from 'vitest';
import { entry } from '../../test/orders.ts';
import { toFeedStart, readPage } from './feed-page.ts';

const toPosition = (seq: number) => ({ seq, orderId: entry(seq, []).orderId });

describe('readPage', () => {
  it('reads a feed from its start', () => {
    expect(toFeedStart(undefined)).toBe(0);
    expect(readPage(undefined, [entry(1, ['a']), entry(4, ['b'])])).toEqual({
      kind: 'continued',
      newEntries: [entry(1, ['a']), entry(4, ['b'])],
      position: toPosition(4),
    });
  });

  it('stays at the start of an empty feed', () => {
    expect(readPage(undefined, [])).toEqual({ kind: 'continued', newEntries: [], position: undefined });
  });

  it('requests the last applied entry again and returns the entries after it', () => {
    expect(toFeedStart(toPosition(4))).toBe(3);
    expect(readPage(toPosition(4), [entry(4, ['b']), entry(5, ['c'])])).toEqual({
      kind: 'continued',
      newEntries: [entry(5, ['c'])],
      position: toPosition(5),
    });
  });

  it('returns a repeated entry once', () => {
    const page = readPage(toPosition(1), [
      entry(1, ['a']),
      entry(2, ['b']),
      entry(2, ['b']),
      entry(1, ['a']),
    ]);
    expect(page).toEqual({ kind: 'continued', newEntries: [entry(2, ['b'])], position: toPosition(2) });
  });

  it('detects a feed that ends before the position', () => {
    expect(readPage(toPosition(4), [])).toEqual({ kind: 'history-changed' });
  });

  it('detects another order at the position', () => {
    expect(readPage(toPosition(4), [entry(4, ['b'], 1), entry(5, ['c'], 1)])).toEqual({
      kind: 'history-changed',
    });
  });
});
