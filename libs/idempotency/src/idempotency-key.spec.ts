import { describe, expect, it } from 'vitest';
import { parseIdempotencyKey } from './idempotency-key.ts';

describe('parseIdempotencyKey', () => {
  it.each(['0123456789abcdef', 'k'.repeat(255), 'order:4711/7_x-y.z~!'])('takes %s', (key) => {
    expect(parseIdempotencyKey(key)).toBe(key);
  });

  it('takes a quoted key for the key itself', () => {
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

  it('takes a backslash and a semicolon in a bare key for themselves', () => {
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
  ])('refuses %j', (key) => {
    expect(() => parseIdempotencyKey(key)).toThrow(
      expect.objectContaining({ code: 'idempotency-key-invalid' }),
    );
  });

  it('tells where the form of a key is documented', () => {
    const headers = { link: '</docs>; rel="describedby"; type="text/html"' };
    const documentation = { documentationUrl: '/docs' };
    expect(() => parseIdempotencyKey('k', documentation)).toThrow(expect.objectContaining({ headers }));
    expect(() => parseIdempotencyKey(undefined, documentation)).toThrow(expect.objectContaining({ headers }));
  });

  it('sends no link where no documentation is configured', () => {
    const headers = {};
    expect(() => parseIdempotencyKey('k')).toThrow(expect.objectContaining({ headers }));
    expect(() => parseIdempotencyKey(undefined)).toThrow(expect.objectContaining({ headers }));
  });

  it('asks for one', () => {
    expect(() => parseIdempotencyKey(undefined)).toThrow(
      expect.objectContaining({ code: 'idempotency-key-missing' }),
    );
  });
});
