import { describe, expect, it } from 'vitest';
import { afterFailure, backoffMs } from './connection-state.ts';

describe('afterFailure', () => {
  it('remembers the last success through failures in a row', () => {
    const lastSuccess = new Date('2026-01-01T00:00:00.000Z');
    const once = afterFailure({ state: 'connected', lastSuccess }, 'first');
    expect(once).toEqual({ state: 'disconnected', lastSuccess, error: 'first', failures: 1 });
    expect(afterFailure(once, 'second')).toEqual({
      state: 'disconnected',
      lastSuccess,
      error: 'second',
      failures: 2,
    });
  });
});

describe('backoffMs', () => {
  it('doubles from half a second up to two', () => {
    expect([1, 2, 3, 4, 2000].map(backoffMs)).toEqual([500, 1000, 2000, 2000, 2000]);
  });
});
