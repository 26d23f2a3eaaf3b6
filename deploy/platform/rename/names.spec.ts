import { describe, expect, it } from 'vitest';
import { parseNames } from './names.ts';

describe('the names of a platform', () => {
  it.each([
    ['acme-shop', { name: 'acme-shop', title: 'Acme shop', scope: '@acme-shop' }],
    ['x', { name: 'x', title: 'X', scope: '@x' }],
    ['Shop2', { name: 'shop2', title: 'Shop2', scope: '@shop2' }],
    ['my.org-shop', { name: 'my-org-shop', title: 'My.org shop', scope: '@my-org-shop' }],
    ['two_words', { name: 'two-words', title: 'Two words', scope: '@two-words' }],
  ])('derive from %s', (word, names) => {
    expect(parseNames(word)).toEqual(names);
  });

  it('are taken as they are given', () => {
    expect(parseNames('acme-shop', { title: 'ACME Café', scope: '@my.org' })).toEqual({
      name: 'acme-shop',
      title: 'ACME Café',
      scope: '@my.org',
    });
  });

  it.each([
    ['', {}, 'The name is empty. Give one such as acme-shop.'],
    ['acme shop', {}, 'A name has no blanks. For people, add a title: acme-shop --title "acme shop"'],
    ['7up', {}, '7up is no name'],
    ['-acme', {}, '-acme is no name'],
    ['acme--shop', {}, 'acme--shop is no name'],
    ['acme-', {}, 'acme- is no name'],
    ['café', {}, 'café is no name'],
    ['../acme', {}, '../acme is no name'],
    ['a'.repeat(29), {}, 'is too long: a name has at most 28 characters.'],
    ['acme', { title: "Ann's shop" }, '"Ann\'s shop" is no title'],
    ['acme', { title: '' }, '"" is no title'],
    ['acme', { scope: 'acme' }, '"acme" is no scope of packages'],
    ['acme', { scope: '@Acme' }, '"@Acme" is no scope of packages'],
    ['acme', { scope: '@' }, '"@" is no scope of packages'],
  ])('reject %j with %j', (word, given, message) => {
    expect(() => parseNames(word, given)).toThrow(message);
  });

  it('are at most 28 characters long', () => {
    expect(parseNames('a'.repeat(28)).name).toBe('a'.repeat(28));
  });
});
