import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseRetryAfter, retryAfter } from './retry-after.ts';

/** Sun, 06 Nov 1994 08:49:37 GMT, the date of the RFC's examples. */
const THEN = 784_111_777_000;

// Not GMT, so that a date without a zone would be parsed as local time.
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
    ['600', 600_000],
  ])('is parsed from seconds: %j', (header, ms) => {
    expect(parseRetryAfter(header, THEN)).toBe(ms);
  });

  it.each(['601', '86400', '9'.repeat(25), '9'.repeat(400), 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'is at most ten minutes: %s',
    (header) => {
      expect(parseRetryAfter(header, THEN)).toBe(600_000);
    },
  );

  it.each([
    [-1, '1'],
    [0, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [600_000, '600'],
    [600_001, '600'],
    [1e28, '600'],
    [Infinity, '600'],
  ])('is sent in whole seconds from 1 to 600: %d ms', (ms, seconds) => {
    expect(retryAfter(ms)).toEqual({ 'retry-after': seconds });
  });

  it.each(['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'])(
    'is parsed from a date: %j',
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
  ])('is undefined for an invalid value: %j', (header) => {
    expect(parseRetryAfter(header, THEN)).toBeUndefined();
  });
});
