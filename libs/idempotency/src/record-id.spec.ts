import { expect, it } from 'vitest';
import { parseIdempotencyKey } from './idempotency-key.ts';
import { deriveKey, recordId } from './record-id.ts';

const scope = { principal: 'ann', method: 'POST', route: '/orders', key: '0123456789abcdef' };

it('the id of a record never changes, because it is stored and its derived key is known downstream', () => {
  expect(recordId('secret', scope)).toBe('Bs9qyxCcI2btDIa8xe2ymHM1695SNPr_rE9mZC1XWLs');
  expect(deriveKey('record')).toBe('5pZI05XcbZOREAdxlcjSTG1cp3R_FrFtZEYL3mLYmNs');
});

it.each([
  ['principal', { ...scope, principal: 'bob' }],
  ['method', { ...scope, method: 'PUT' }],
  ['route', { ...scope, route: '/refunds' }],
  ['key', { ...scope, key: '0123456789abcdeg' }],
  ['boundary between two parts', { ...scope, principal: 'annP', method: 'OST' }],
])('another %s gives another record', (_, other) => {
  expect(recordId('secret', other)).not.toBe(recordId('secret', scope));
});

it('another secret gives other records', () => {
  expect(recordId('another secret', scope)).not.toBe(recordId('secret', scope));
});

it('the derived key is a valid key', () => {
  const key = deriveKey(recordId('secret', scope));
  expect(parseIdempotencyKey(key)).toBe(key);
});
