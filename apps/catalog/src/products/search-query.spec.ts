import { expect, it } from 'vitest';
import { toSearchQuery } from './search-query.ts';

it.each([
  ['Gone', 'gone:*'],
  ['gone with the wi', 'gone & with & the & wi:*'],
  ['a b c d e f', 'a & b & c & d & e & f:*'],
  ['a b c d e f g', 'a & b & c & d & e & f'],
  ['!!!', ''],
])('converts %j to %j', (text, query) => {
  expect(toSearchQuery(text)).toBe(query);
});
