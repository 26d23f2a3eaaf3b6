import { describe, expect, it } from 'vitest';
import { parsePrincipal } from './principal.ts';

describe('parsePrincipal', () => {
  it.each([
    ['nobody', undefined, 'anonymous'],
    ['somebody', 'auth0|6f0f9f0e', 'auth0|6f0f9f0e'],
    ['the longest name', 'a'.repeat(128), 'a'.repeat(128)],
  ])('takes %s', (_, header, principal) => {
    expect(parsePrincipal(header)).toBe(principal);
  });

  it.each([
    ['an empty name', ''],
    ['one character too many', 'a'.repeat(129)],
    ['a space', 'ann b'],
    ['a line break', 'ann\nbob'],
    ['what is not ASCII', 'änn'],
  ])('refuses %s', (_, header) => {
    expect(() => parsePrincipal(header)).toThrow(expect.objectContaining({ code: 'validation-failed' }));
  });
});
