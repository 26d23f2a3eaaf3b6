import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  it('can be read back', () => {
    expect(readCursor(writeCursor([465000, 'the-dark-knight-2008']))).toEqual([
      465000,
      'the-dark-knight-2008',
    ]);
    expect(readCursor('WzQ2NTAwMCwidGhlLWRhcmsta25pZ2h0LTIwMDgiXQ')).toEqual([
      465000,
      'the-dark-knight-2008',
    ]);
  });

  it('fits the 200 characters of the contract for the longest id', () => {
    expect(writeCursor([2147483647, 'a'.repeat(100)]).length).toBe(154);
  });

  it.each([
    ['no JSON', encoded('garbage')],
    ['no base64url', '_'],
    ['another shape', encoded('{"votes":1}')],
    ['no votes', encoded('["the-dark-knight-2008"]')],
    ['votes that are no integer', encoded('[1.5,"the-dark-knight-2008"]')],
    ['votes beyond the integer range of the database', encoded('[2147483648,"the-dark-knight-2008"]')],
    ['votes below those of a film without votes', encoded('[-2,"the-dark-knight-2008"]')],
    ['an invalid id', encoded(`[1,"x' or true"]`)],
    ['an extra element', encoded('[1,"the-dark-knight-2008",1]')],
  ])('is rejected when it contains %s', (_, cursor) => {
    expect(() => readCursor(cursor)).toThrow(
      expect.objectContaining({
        code: 'validation-failed',
        status: 400,
        errors: [{ pointer: '/cursor', detail: 'must be a cursor from an earlier response' }],
      }),
    );
  });
});
