import { describe, expect, it } from 'vitest';
import { toDisconnected, toBackoffMs } from './connection-state.ts';

describe('toDisconnected', () => {
  it('keeps the last success during consecutive failures', () => {
    const lastSuccess = new Date('2026-01-01T00:00:00.000Z');
    const once = toDisconnected({ state: 'connected', lastSuccess }, 'first');
    expect(once).toEqual({ state: 'disconnected', lastSuccess, error: 'first', failures: 1 });
    expect(toDisconnected(once, 'second')).toEqual({
      state: 'disconnected',
      lastSuccess,
      error: 'second',
      failures: 2,
    });
  });
});

describe('toBackoffMs', () => {
  it('doubles from half a second to two seconds', () => {
    expect([1, 2, 3, 4, 2000].map(toBackoffMs)).toEqual([500, 1000, 2000, 2000, 2000]);
  });
});
