import { describe, expect, it } from 'vitest';
import { readCursor, writeCursor } from './cursor.ts';

const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  it('is read as it was written', () => {
    expect(readCursor(writeCursor([465000, 'the-dark-knight-2008']))).toEqual([
      465000,
      'the-dark-knight-2008',
    ]);
    expect(readCursor('WzQ2NTAwMCwidGhlLWRhcmsta25pZ2h0LTIwMDgiXQ')).toEqual([
      465000,
      'the-dark-knight-2008',
    ]);
  });

  it('fits the 200 characters that the contract allows, however long the id', () => {
    expect(writeCursor([2147483647, 'a'.repeat(100)]).length).toBe(154);
  });

  it.each([
    ['no JSON', encoded('garbage')],
    ['no base64url', '_'],
    ['another shape', encoded('{"votes":1}')],
    ['a vote short', encoded('["the-dark-knight-2008"]')],
    ['a vote that is no integer', encoded('[1.5,"the-dark-knight-2008"]')],
    ['more votes than the database can compare', encoded('[2147483648,"the-dark-knight-2008"]')],
    ['an id that is none', encoded(`[1,"x' or true"]`)],
    ['something more', encoded('[1,"the-dark-knight-2008",1]')],
  ])('is refused when it holds %s', (_, cursor) => {
    expect(() => readCursor(cursor)).toThrow(
      expect.objectContaining({
        code: 'validation-failed',
        status: 400,
        errors: [{ pointer: '/cursor', detail: 'must be a cursor taken from an earlier answer' }],
      }),
    );
  });
});
