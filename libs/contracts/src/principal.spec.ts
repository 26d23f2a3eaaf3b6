import { describe, expect, it } from 'vitest';
import { parsePrincipal } from './principal.ts';

describe('parsePrincipal', () => {
  it.each([
    ['no header', undefined, 'anonymous'],
    ['a user id', 'auth0|6f0f9f0e', 'auth0|6f0f9f0e'],
    ['128 characters', 'a'.repeat(128), 'a'.repeat(128)],
  ])('accepts %s', (_, header, principal) => {
    expect(parsePrincipal(header)).toBe(principal);
  });

  it.each([
    ['an empty value', ''],
    ['129 characters', 'a'.repeat(129)],
    ['a space', 'ann b'],
    ['a line break', 'ann\nbob'],
    ['a character outside ASCII', 'änn'],
  ])('rejects %s', (_, header) => {
    expect(() => parsePrincipal(header)).toThrow(expect.objectContaining({ code: 'validation-failed' }));
  });
});
