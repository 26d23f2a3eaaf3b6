import { describe, expect, it } from 'vitest';
import { type Fingerprinted, createFingerprint, fingerprintsDiffer } from './fingerprint.ts';

const request: Fingerprinted = {
  method: 'POST',
  path: '/orders',
  query: { gift: 'yes' },
  contentType: 'application/json',
  body: { items: [{ productId: 'a-1999', quantity: 1 }], email: 'ann@example.org' },
};
const fingerprintWith = (change: Partial<Fingerprinted>) => createFingerprint({ ...request, ...change });

describe('createFingerprint', () => {
  it('returns a versioned hash that changes only with its version, because it is stored', () => {
    expect(fingerprintWith({})).toBe('1:59a40a3386bec8a3702aa967610b194c44c4d92a957567d62308ed4132988d58');
  });

  it.each<[string, Partial<Fingerprinted>]>([
    ['the method', { method: 'PUT' }],
    ['the path', { path: '/orders/1/cancel' }],
    ['the query', { query: { gift: 'no' } }],
    ['the content type', { contentType: 'application/merge-patch+json' }],
    ['no content type', { contentType: undefined }],
    ['the body', { body: { items: [] } }],
    ['no body', { body: undefined }],
  ])('differs with %s', (_, change) => {
    expect(fingerprintWith(change)).not.toBe(fingerprintWith({}));
  });

  it.each<[string, Partial<Fingerprinted>]>([
    [
      'the order of members',
      { body: { email: 'ann@example.org', items: [{ quantity: 1.0, productId: 'a-1999' }] } },
    ],
    ['the charset', { contentType: 'Application/JSON ; charset=utf-8' }],
  ])('does not depend on %s', (_, change) => {
    expect(fingerprintWith(change)).toBe(fingerprintWith({}));
  });

  it('rejects text that is not Unicode', () => {
    expect(() => fingerprintWith({ body: { name: '\ud800' } })).toThrow(
      expect.objectContaining({ code: 'validation-failed', status: 400 }),
    );
  });
});

it.each([
  ['1:a', '1:a', false],
  ['1:a', '1:b', true],
  ['1:a', '2:a', false],
  ['1:a', '2:b', false],
  ['1:a', '10:b', false],
])('compares %s with %s: %s', (one, other, differ) => {
  expect(fingerprintsDiffer(one, other)).toBe(differ);
});
