import { describe, expect, it } from 'vitest';
import { parsePublicHeaders, toInternalHeaders, parseInternalHeaders } from './propagated-context.ts';

const route = { budgetMs: 1000, priority: 'normal' } as const;
const malformed = ['', '-1', '1.5', '1e3', '0x10', ' 5', '5ms', '1000000000', '5, 5', 'NaN', '٣'];

describe('at the edge', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['999', 999],
    ['1000', 1000],
    ['1001', 1000],
    ['999999999', 1000],
  ])('a client that asks for %s ms gets %i', (asked, timeoutMs) => {
    expect(parsePublicHeaders({ 'x-request-timeout-ms': asked }, route).timeoutMs).toBe(timeoutMs);
  });

  it.each([undefined, ...malformed, ['5', '5']])('a timeout of %j is ignored', (asked) => {
    expect(parsePublicHeaders({ 'x-request-timeout-ms': asked }, route)).toEqual({
      timeoutMs: 1000,
      priority: 'normal',
    });
  });

  it('a client says neither how important it is nor which attempt it is at', () => {
    const headers = { 'x-request-priority': 'critical', 'x-retry-attempt': '1' };
    expect(parsePublicHeaders(headers, { budgetMs: 5000, priority: 'sheddable' })).toEqual({
      timeoutMs: 5000,
      priority: 'sheddable',
    });
  });
});

describe('inside', () => {
  it('the caller decides, also on more than the route would give', () => {
    expect(
      parseInternalHeaders(
        { 'x-request-timeout-ms': '4990', 'x-request-priority': 'critical', 'x-retry-attempt': '2' },
        route,
      ),
    ).toEqual({ timeoutMs: 4990, priority: 'critical', retryAttempt: 2 });
  });

  it('the route decides where the caller says nothing', () => {
    expect(parseInternalHeaders({}, { budgetMs: 5000, priority: 'critical' })).toEqual({
      timeoutMs: 5000,
      priority: 'critical',
    });
  });

  it.each([
    ['0', 0],
    ['999999999', 999_999_999],
  ])('a timeout of %s is taken', (given, timeoutMs) => {
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
  ])('%s: %j is refused by its name', (name = '', value = '') => {
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
  ])('tells %d ms as %s', (timeoutMs, told) => {
    expect(toInternalHeaders({ timeoutMs, priority: 'normal' })).toEqual({
      'x-request-timeout-ms': told,
      'x-request-priority': 'normal',
    });
  });

  it('is understood by the next service, the first attempt too', () => {
    const hop = { timeoutMs: 300, priority: 'sheddable', retryAttempt: 0 } as const;
    expect(toInternalHeaders(hop)).toMatchObject({ 'x-retry-attempt': '0' });
    expect(parseInternalHeaders(toInternalHeaders(hop), route)).toEqual(hop);
  });
});
