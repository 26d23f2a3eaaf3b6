import { expect, it } from 'vitest';
import { mergeJson } from './merge-json.ts';

const merge = (base: unknown, ours: unknown, theirs: unknown): unknown => {
  const merged = mergeJson(JSON.stringify(base), JSON.stringify(ours), JSON.stringify(theirs));
  return merged === undefined ? 'conflict' : JSON.parse(merged);
};

it.each([
  ['entries next to each other', { a: 1 }, { a: 1, b: 2 }, { a: 1, c: 3 }, { a: 1, b: 2, c: 3 }],
  ['a deletion and a change', { a: 1, b: 1 }, { b: 1 }, { a: 1, b: 2 }, { b: 2 }],
  ['the same change', { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }],
  [
    'objects inside',
    { a: { x: 1, y: 1 } },
    { a: { x: 2, y: 1 } },
    { a: { x: 1, y: 2 } },
    { a: { x: 2, y: 2 } },
  ],
  ['a list that one side changed', { a: [1] }, { a: [1, 2] }, { a: [1] }, { a: [1, 2] }],
  ['new objects on both sides', {}, { a: { x: 1 } }, { a: { y: 2 } }, { a: { y: 2, x: 1 } }],
])('merges %s', (_case, base, ours, theirs, merged) => {
  expect(merge(base, ours, theirs)).toEqual(merged);
});

it.each([
  ['one value', { a: 1 }, { a: 2 }, { a: 3 }],
  ['a list', { a: [1] }, { a: [1, 2] }, { a: [1, 3] }],
  ['a value that the other side deleted', { a: 1 }, {}, { a: 2 }],
])('finds a conflict if both sides change %s', (_case, base, ours, theirs) => {
  expect(merge(base, ours, theirs)).toBe('conflict');
});
