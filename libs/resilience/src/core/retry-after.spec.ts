import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseRetryAfter } from './retry-after.ts';

/** Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's examples. */
const THEN = 784_111_777_000;

// Not GMT, so that a date which names no zone would be taken for local time.
beforeEach(() => {
  vi.stubEnv('TZ', 'America/New_York');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['1', 1_000],
    [' 120 ', 120_000],
  ])('in seconds: %j', (header, ms) => {
    expect(parseRetryAfter(header, THEN)).toBe(ms);
  });

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'as a date: %j',
    (header) => {
      expect(parseRetryAfter(header, THEN - 1_500)).toBe(1_500);
      expect(parseRetryAfter(header, THEN)).toBe(0);
      expect(parseRetryAfter(header, THEN + 1)).toBe(0);
    },
  );

  it.each([
    '',
    'soon',
    '-1',
    '1.5',
    '1e3',
    '0x10',
    '10 s',
    '2026-01-01',
    'Sunday',
    'Sun, 99 Nov 1994 08:49:37 GMT',
  ])('that is neither: %j', (header) => {
    expect(parseRetryAfter(header, THEN)).toBeUndefined();
  });
});
