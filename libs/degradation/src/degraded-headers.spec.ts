import { Token, parseList } from 'structured-headers';
import { expect, it } from 'vitest';
import type { Degradation } from './degradation.ts';
import { toDegradedHeaders } from './degraded-headers.ts';

const at = { service: 'gateway', now: Date.parse('2026-01-01T12:00:00.000Z'), maxStaleMs: 86_400_000 };
const product = (asOf: string): Degradation => ({
  feature: 'product',
  reason: 'breaker-open',
  source: 'last-known-good',
  asOf,
});

it('returns no headers for a response that is not degraded', () => {
  expect(toDegradedHeaders([], at)).toEqual({});
});

it('writes one member per degraded feature, and no age if no value is old', () => {
  const degradations: Degradation[] = [
    { feature: 'offers', reason: 'breaker-open', source: 'popular' },
    { feature: 'featured', reason: 'timeout', source: 'none' },
  ];
  expect(toDegradedHeaders(degradations, at)).toEqual({
    'x-degraded': 'offers;reason=breaker-open;source=popular, featured;reason=timeout;source=none',
  });
});

it('writes the age of old data, its limit and the reason', () => {
  expect(toDegradedHeaders([product('2026-01-01T11:59:23.000Z')], at)).toEqual({
    'x-degraded': 'product;reason=breaker-open;source=last-known-good',
    age: '37',
    'cache-control': 'max-age=0, stale-if-error=86400',
    'cache-status': 'gateway; hit; ttl=-37; detail=breaker-open',
  });
});

it('writes structured fields', () => {
  const { 'x-degraded': degraded = '', 'cache-status': status = '' } = toDegradedHeaders(
    [product('2026-01-01T11:59:23.000Z'), { feature: 'featured', reason: 'timeout', source: 'none' }],
    at,
  );
  const token = (name: string) => new Token(name);
  expect(parseList(degraded)).toEqual([
    [
      token('product'),
      new Map([
        ['reason', token('breaker-open')],
        ['source', token('last-known-good')],
      ]),
    ],
    [
      token('featured'),
      new Map([
        ['reason', token('timeout')],
        ['source', token('none')],
      ]),
    ],
  ]);
  expect(parseList(status)).toEqual([
    [
      token('gateway'),
      new Map<string, unknown>([
        ['hit', true],
        ['ttl', -37],
        ['detail', token('breaker-open')],
      ]),
    ],
  ]);
});

it('writes the name of the service', () => {
  const headers = toDegradedHeaders([product('2026-01-01T11:59:23.000Z')], {
    ...at,
    service: 'offers',
  });
  expect(headers['cache-status']).toBe('offers; hit; ttl=-37; detail=breaker-open');
});

it('describes the oldest value', () => {
  const popular: Degradation = {
    feature: 'offers',
    reason: 'timeout',
    source: 'popular',
    asOf: '2026-01-01T11:00:00.000Z',
  };
  const unknown: Degradation = { feature: 'featured', reason: 'unreachable', source: 'none' };
  expect(toDegradedHeaders([product('2026-01-01T11:59:23.000Z'), popular, unknown], at)).toMatchObject({
    age: '3600',
    'cache-status': 'gateway; hit; ttl=-3600; detail=timeout',
  });
});

it.each([
  ['2026-01-01T11:59:59.001Z', '0', 'ttl=0;'],
  ['2026-01-01T11:59:59.000Z', '1', 'ttl=-1;'],
  ['2026-01-01T11:59:58.001Z', '1', 'ttl=-1;'],
  // The clock of another replica is ahead.
  ['2026-01-01T12:00:05.000Z', '0', 'ttl=0;'],
])('counts whole seconds: read at %s, the age is %s', (asOf, age, ttl) => {
  const headers = toDegradedHeaders([product(asOf)], at);
  expect(headers.age).toBe(age);
  expect(headers['cache-status']).toContain(` ${ttl} `);
});
