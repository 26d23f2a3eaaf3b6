import {
  type CellTable,
  DECADES,
  type FilmLists,
  type FilmTable,
  type KindTable,
  RATING_STEPS,
  createFloat64,
  createUint32,
  toDecade,
  toRatingStep,
} from './film-table.ts';

const CELLS_PER_KIND = DECADES * RATING_STEPS;

/**
 * Splits films by kind, decade and rating.
 * @param films all films, the highest rating score first
 */
export function splitByCell(
  films: Uint32Array,
  { kind, year, rating, ratingScore }: Pick<FilmTable, 'kind' | 'year' | 'rating' | 'ratingScore'>,
  kindCount: number,
): { kinds: Omit<KindTable, 'codes'>; cells: CellTable } {
  const toKey = (film: number): number =>
    kind[film]! * CELLS_PER_KIND + toDecade(year[film]!) * RATING_STEPS + toRatingStep(rating[film]!);
  const keys = findDistinct(Float64Array.from(films, toKey));
  const cell = new Uint32Array(kind.length);
  for (const film of films) cell[film] = findPosition(keys, toKey(film)) + 1;
  const lists = splitByCode(films, cell, keys.length);
  const starts = createUint32(kindCount + 2).fill(1);
  const kindBest = createFloat64(kindCount + 1);
  const best = createFloat64(keys.length + 1);
  const [decade, ratingStep] = [createUint8(keys.length + 1), createUint8(keys.length + 1)];
  for (const [index, key] of keys.entries()) {
    const film = lists.films[lists.starts[index + 1]!]!;
    best[index + 1] = ratingScore[film]!;
    decade[index + 1] = toDecade(year[film]!);
    ratingStep[index + 1] = toRatingStep(rating[film]!);
    const kindOfCell = Math.floor(key / CELLS_PER_KIND);
    starts[kindOfCell + 1] = index + 2;
    kindBest[kindOfCell] = Math.max(kindBest[kindOfCell]!, ratingScore[film]!);
  }
  return { kinds: { starts, best: kindBest }, cells: { decade, ratingStep, best, lists } };
}

/** Puts films into the list of their code, in the given order. Films with code 0 are in no list. */
export function splitByCode(films: Uint32Array, codes: Uint32Array, count: number): FilmLists {
  const starts = createUint32(count + 2);
  for (const film of films) starts[codes[film]! + 1]! += 1;
  starts[1] = 0;
  for (let code = 1; code <= count; code++) starts[code + 1]! += starts[code]!;
  const next = starts.slice();
  const listed = createUint32(starts[count + 1]!);
  for (const film of films) {
    const code = codes[film]!;
    if (code === 0) continue;
    listed[next[code]!] = film;
    next[code]! += 1;
  }
  return { starts, films: listed };
}

const createUint8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

function findDistinct(keys: Float64Array): Float64Array {
  const sorted = keys.toSorted();
  return sorted.filter((key, index) => index === 0 || key !== sorted[index - 1]);
}

/** Returns the position of a key that is in the sorted keys. */
function findPosition(keys: Float64Array, key: number): number {
  let [low, high] = [0, keys.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
