import { describe, expect, it } from 'vitest';
import { EMPTY_LIST, addToList, decodeList, encodeList } from './co-purchase-list.ts';

const add = (counts: [number, number][], added: number[]) => [
  ...decodeList(addToList(encodeList(new Map(counts)), added)),
];
const range = (length: number) => Array.from({ length }, (_, index) => index + 1);

describe('encodeList', () => {
  it.each<[string, [number, number][]]>([
    ['no film', []],
    ['the largest number', [[2 ** 26 - 1, 2 ** 31 - 1]]],
    [
      'numbers at the edge of a byte',
      [
        [1, 1],
        [128, 127],
        [256, 128],
        [16_640, 16_383],
        [33_025, 16_384],
      ],
    ],
  ])('keeps %s', (_, counts) => {
    expect([...decodeList(encodeList(new Map(counts)))]).toEqual(counts);
  });

  it('takes two bytes for a near film', () => {
    const counts = new Map([
      [200, 5],
      [300, 127],
    ]);
    expect(encodeList(counts)).toEqual(Uint8Array.of(200, 1, 5, 100, 127));
  });
});

describe('addToList', () => {
  it('counts films before, between and after those of the list, and repeated ones', () => {
    const list: [number, number][] = [
      [3, 5],
      [7, 127],
    ];
    expect(add(list, [1, 3, 3, 5, 5, 5, 7, 9])).toEqual([
      [1, 1],
      [3, 7],
      [5, 3],
      [7, 128],
      [9, 1],
    ]);
    expect(add(list, [])).toEqual(list);
    expect(add([], [4, 4])).toEqual([[4, 2]]);
  });

  it('keeps the more frequent half of 257 films, and of equal films the lower numbers', () => {
    const list = addToList(EMPTY_LIST, range(256));
    expect(decodeList(list).size).toBe(256);
    expect([...decodeList(addToList(list, [200, 257]))]).toEqual([
      ...range(127).map((film) => [film, 1]),
      [200, 2],
    ]);
  });
});
