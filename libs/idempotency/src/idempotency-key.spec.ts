import { describe, expect, it } from 'vitest';
import { parseIdempotencyKey } from './idempotency-key.ts';

describe('parseIdempotencyKey', () => {
  it.each(['0123456789abcdef', 'k'.repeat(255), 'order:4711/7_x-y.z~!'])('accepts %s', (key) => {
    expect(parseIdempotencyKey(key)).toBe(key);
  });

  it('returns a quoted key without its quotes', () => {
    expect(parseIdempotencyKey('"0123456789abcdef"')).toBe('0123456789abcdef');
  });

  it.each([
    ['a parameter', '"0123456789abcdef";version=1', '0123456789abcdef'],
    ['parameters of every type', '"0123456789abcdef"; a;b="x\\"y"; c=?0;d=1.5', '0123456789abcdef'],
    ['an escaped quote', '"0123456789\\"abcdef"', '0123456789"abcdef'],
    ['an escaped backslash', '"0123456789\\\\abcdef"', '0123456789\\abcdef'],
  ])('parses a structured field with %s', (_, header, key) => {
    expect(parseIdempotencyKey(header)).toBe(key);
  });

  it('accepts a backslash and a semicolon in a bare key', () => {
    expect(parseIdempotencyKey('0123456789\\\\abc;v=1')).toBe('0123456789\\\\abc;v=1');
  });

  it.each([
    '',
    '""',
    '"0123456789abcdef',
    '"0123456789abcdef"x',
    '"0123456789abcdef" ;v=1',
    '"0123456789abcdef";V=1',
    '"0123456789abcdef";',
    '"0123456789\\abcdef"',
    '"0123456789abcdef\\"',
    '"0123456789,abcdef"',
    '"0123456789 abcdef"',
    '"0123456789äabcdef"',
    '"0123456789abcdef", "0123456789abcdef"',
    '"0123456789abcdef","0123456789abcdef"',
    '("0123456789abcdef")',
    '"',
    'k'.repeat(15),
    'k'.repeat(256),
    '0123456789,abcdef',
    '0123456789 abcdef',
    '0123456789\tabcdef',
    '0123456789"abcdef',
    '0123456789äabcdef',
    '0123456789\u007fabcdef',
  ])('rejects %j', (key) => {
    expect(() => parseIdempotencyKey(key)).toThrow(
      expect.objectContaining({ code: 'idempotency-key-invalid' }),
    );
  });

  it('links to the documentation of keys', () => {
    const headers = { link: '</docs>; rel="describedby"; type="text/html"' };
    const documentation = { documentationUrl: '/docs' };
    expect(() => parseIdempotencyKey('k', documentation)).toThrow(expect.objectContaining({ headers }));
    expect(() => parseIdempotencyKey(undefined, documentation)).toThrow(expect.objectContaining({ headers }));
  });

  it('sends no link without a configured documentation', () => {
    const headers = {};
    expect(() => parseIdempotencyKey('k')).toThrow(expect.objectContaining({ headers }));
    expect(() => parseIdempotencyKey(undefined)).toThrow(expect.objectContaining({ headers }));
  });

  it('rejects a request without a key', () => {
    expect(() => parseIdempotencyKey(undefined)).toThrow(
      expect.objectContaining({ code: 'idempotency-key-missing' }),
    );
  });
});
