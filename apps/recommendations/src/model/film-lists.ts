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

type Columns = Pick<FilmTable, 'kind' | 'year' | 'rating' | 'ratingScore'>;

/** Splits films by kind, decade and rating. */
export function splitByCell(
  columns: Columns,
  kindCount: number,
): { kinds: Omit<KindTable, 'codes'>; cells: CellTable } {
  const { kind, year, rating, ratingScore } = columns;
  const keys = findKeys(columns);
  const cell = kind.map((code, film) => (code === 0 ? 0 : findKey(keys, toKey(columns, film)) + 1));
  const lists = splitByCode(cell, keys.length, ratingScore);
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

/** Puts films into the list of their code, the highest score first. Films with code 0 are in no list. */
export function splitByCode(codes: Uint32Array, count: number, score: Float64Array): FilmLists {
  const starts = createUint32(count + 2);
  for (const code of codes) if (code !== 0) starts[code + 1]! += 1;
  for (let code = 1; code <= count; code++) starts[code + 1]! += starts[code]!;
  const next = starts.slice();
  const films = createUint32(starts[count + 1]!);
  for (const [film, code] of codes.entries()) {
    if (code === 0) continue;
    films[next[code]!] = film;
    next[code]! += 1;
  }
  // Sorts each list in place: sorting all films at once would need a multiple of their memory.
  for (let code = 1; code <= count; code++) {
    // oxlint-disable-next-line unicorn/no-array-sort
    films.subarray(starts[code], starts[code + 1]).sort((a, b) => score[b]! - score[a]!);
  }
  return { starts, films };
}

const toKey = ({ kind, year, rating }: Columns, film: number): number =>
  kind[film]! * CELLS_PER_KIND + toDecade(year[film]!) * RATING_STEPS + toRatingStep(rating[film]!);

/**
 * Returns the keys of all cells that have films, in ascending order. Sorted arrays instead of sets and maps, because each
 * film can have a cell of its own.
 */
function findKeys(columns: Columns): Float64Array {
  const { kind } = columns;
  const keys = new Float64Array(kind.length);
  for (let film = 0; film < keys.length; film++) if (kind[film] !== 0) keys[film] = toKey(columns, film);
  // Numbers without a film have the key 0, which is that of no cell. Sorts in place, without a copy.
  // oxlint-disable-next-line unicorn/no-array-sort
  keys.sort();
  let count = 0;
  for (const key of keys) {
    if (key === 0 || (count > 0 && key === keys[count - 1])) continue;
    keys[count] = key;
    count += 1;
  }
  return keys.subarray(0, count);
}

/** Returns the index of a key that is in the ascending `keys`. */
function findKey(keys: Float64Array, key: number): number {
  let [low, high] = [0, keys.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

const createUint8 = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));
