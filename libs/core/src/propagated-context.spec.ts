import { describe, expect, it } from 'vitest';
import { parsePublicHeaders, toInternalHeaders, parseInternalHeaders } from './propagated-context.ts';

const route = { budgetMs: 1000, priority: 'normal' } as const;
const malformed = ['', '-1', '1.5', '1e3', '0x10', ' 5', '5ms', '1000000000', '5, 5', 'NaN', '٣'];

describe('parsePublicHeaders', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['999', 999],
    ['1000', 1000],
    ['1001', 1000],
    ['999999999', 1000],
  ])('gives a client that requests %s ms a time of %i ms', (requested, timeoutMs) => {
    expect(parsePublicHeaders({ 'x-request-timeout-ms': requested }, route).timeoutMs).toBe(timeoutMs);
  });

  it.each([undefined, ...malformed, ['5', '5']])('ignores a timeout of %j', (requested) => {
    expect(parsePublicHeaders({ 'x-request-timeout-ms': requested }, route)).toEqual({
      timeoutMs: 1000,
      priority: 'normal',
    });
  });

  it('ignores the priority and the retry attempt of a client', () => {
    const headers = { 'x-request-priority': 'critical', 'x-retry-attempt': '1' };
    expect(parsePublicHeaders(headers, { budgetMs: 5000, priority: 'sheddable' })).toEqual({
      timeoutMs: 5000,
      priority: 'sheddable',
    });
  });
});

describe('parseInternalHeaders', () => {
  it('takes the values of the caller, even if they exceed those of the route', () => {
    expect(
      parseInternalHeaders(
        { 'x-request-timeout-ms': '4990', 'x-request-priority': 'critical', 'x-retry-attempt': '2' },
        route,
      ),
    ).toEqual({ timeoutMs: 4990, priority: 'critical', retryAttempt: 2 });
  });

  it('takes the values of the route for absent headers', () => {
    expect(parseInternalHeaders({}, { budgetMs: 5000, priority: 'critical' })).toEqual({
      timeoutMs: 5000,
      priority: 'critical',
    });
  });

  it.each([
    ['0', 0],
    ['999999999', 999_999_999],
  ])('accepts a timeout of %s', (given, timeoutMs) => {
    expect(parseInternalHeaders({ 'x-request-timeout-ms': given }, route).timeoutMs).toBe(timeoutMs);
  });

  it.each([
    ...malformed.map((value) => ['x-request-timeout-ms', value]),
    ['x-request-priority', 'urgent'],
    ['x-request-priority', 'CRITICAL'],
    ['x-request-priority', ''],
    ['x-request-priority', 'critical, critical'],
    ['x-retry-attempt', '-1'],
    ['x-retry-attempt', '1000'],
    ['x-retry-attempt', ''],
  ])('rejects %s: %j with the name of the header', (name = '', value = '') => {
    expect(() => parseInternalHeaders({ [name]: value }, route)).toThrow(
      expect.objectContaining({
        name: 'InvalidHeaderError',
        statusCode: 400,
        message: expect.stringContaining(name),
      }),
    );
  });
});

describe('toInternalHeaders', () => {
  it.each([
    [489.999, '489'],
    [20, '20'],
    [0.9, '0'],
    [-3, '0'],
  ])('sends %d ms as %s', (timeoutMs, sent) => {
    expect(toInternalHeaders({ timeoutMs, priority: 'normal' })).toEqual({
      'x-request-timeout-ms': sent,
      'x-request-priority': 'normal',
    });
  });

  it('returns headers that the next service parses, also for the first attempt', () => {
    const context = { timeoutMs: 300, priority: 'sheddable', retryAttempt: 0 } as const;
    expect(toInternalHeaders(context)).toMatchObject({ 'x-retry-attempt': '0' });
    expect(parseInternalHeaders(toInternalHeaders(context), route)).toEqual(context);
  });
});
