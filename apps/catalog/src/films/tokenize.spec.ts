import { describe, expect, it } from 'vitest';
import { tokenize } from './tokenize.ts';

describe('tokenize', () => {
  it.each([
    ['Gone with the Wind', ['gone', 'with', 'the', 'wind']],
    ['Léon', ['leon']],
    ["Schindler's List", ['schindlers', 'list']],
    ["We're Back! A Dinosaur’s Story", ['were', 'back', 'a', 'dinosaurs', 'story']],
    ["d'Amélie O'Brien", ['d', 'amelie', 'o', 'brien']],
    ["Rock 'n' Roll", ['rock', 'n', 'roll']],
    ['M*A*S*H', ['m', 'a', 's', 'h']],
    ['20,000 Leagues', ['20', '000', 'leagues']],
    ['Star-Crossed: Part_2', ['star', 'crossed', 'part', '2']],
    ['!!! & | :* ( )', []],
    ['', []],
  ])('splits %j into %j', (text, words) => {
    expect(tokenize(text)).toEqual(words);
  });
});
