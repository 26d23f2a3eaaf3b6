import type { Database } from '../database/database.ts';
import {
  type FilmLists,
  type FilmTable,
  type KindTable,
  KIND_ATTRIBUTES,
  createUint32,
} from './film-table.ts';
import { computeRatingScores } from './rating-score.ts';

type Row = [
  number: number,
  kind: number,
  director: number | null,
  year: number | null,
  rating: number | null,
  votes: number | null,
];

/**
 * Builds the table of all listed films from one state of the database, while another connection may write. Reads row by row,
 * so that the memory is little more than that of the table.
 */
export const buildTable = (database: Database): FilmTable =>
  database.transact(() => build(database), 'DEFERRED');

function build(database: Database): FilmTable {
  const length = readMaxNumber(database) + 1;
  const [kind, director] = [createUint32(length), createUint32(length)];
  const year = new Uint16Array(new SharedArrayBuffer(2 * length));
  const rating = new Float64Array(new SharedArrayBuffer(8 * length)).fill(Number.NaN);
  const votes = new Float64Array(length).fill(Number.NaN);
  const [kinds, directors] = [new DenseCodes(), new DenseCodes()];
  let films = 0;
  const query = 'SELECT number, kind, director, year, rating, votes FROM film WHERE listed';
  for (const row of database.iterate<Row>(query)) {
    const [film] = row;
    films += 1;
    kind[film] = kinds.encode(row[1]);
    director[film] = row[2] === null ? 0 : directors.encode(row[2]);
    year[film] = row[3] ?? 0;
    rating[film] = row[4] ?? Number.NaN;
    votes[film] = row[5] ?? Number.NaN;
  }
  const ratingScore = computeRatingScores(rating, votes);
  const best = sortByScore(kind, ratingScore, films);
  return {
    films,
    kind,
    director,
    year,
    rating,
    ratingScore,
    order: readOrder(database, length),
    kinds: { codes: readKindCodes(database, kinds), lists: splitByCode(best, kind, kinds.count) },
    byDirector: splitByCode(best, director, directors.count),
  };
}

/** Gives the codes of the database that occur consecutive codes from 1. */
class DenseCodes {
  #dense = new Uint32Array(1024);
  readonly stored: number[] = [0];

  /** Highest code. */
  get count(): number {
    return this.stored.length - 1;
  }

  encode(code: number): number {
    if (code >= this.#dense.length) {
      const larger = new Uint32Array(2 * code);
      larger.set(this.#dense);
      this.#dense = larger;
    }
    return (this.#dense[code] ||= this.stored.push(code) - 1);
  }
}

const readMaxNumber = (database: Database): number =>
  database.get<{ number: number | null }>('SELECT max(number) AS number FROM film')?.number ?? 0;

function readOrder(database: Database, length: number): Uint32Array {
  const order = createUint32(length);
  let next = 0;
  for (const [number] of database.iterate<[number]>('SELECT number FROM film ORDER BY id')) {
    order[number] = next;
    next += 1;
  }
  return order;
}

/** Returns the numbers of all films, the highest score first. */
function sortByScore(kind: Uint32Array, score: Float64Array, films: number): Uint32Array {
  const numbers = new Uint32Array(films);
  let next = 0;
  for (let number = 0; number < kind.length; number++) {
    if (kind[number] === 0) continue;
    numbers[next] = number;
    next += 1;
  }
  // A copy would double the memory.
  // oxlint-disable-next-line unicorn/no-array-sort
  return numbers.sort((a, b) => score[b]! - score[a]!);
}

/** Puts films into the list of their code, in the given order. Films with code 0 are in no list. */
function splitByCode(films: Uint32Array, codes: Uint32Array, count: number): FilmLists {
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

function readKindCodes(database: Database, { stored, count }: DenseCodes): KindTable['codes'] {
  const columns = KIND_ATTRIBUTES.map(() => ({
    codes: createUint32(count + 1),
    known: new Map<string, number>(),
  }));
  for (let kind = 1; kind <= count; kind++) {
    const row = database.get<{ text: string }>('SELECT text FROM term WHERE code = ?', stored[kind]!);
    for (const [attribute, value] of (JSON.parse(row!.text) as (string | null)[]).entries()) {
      const { codes, known } = columns[attribute]!;
      if (value === null) continue;
      codes[kind] = known.get(value) ?? known.size + 1;
      known.set(value, codes[kind]!);
    }
  }
  return columns.map(({ codes }) => codes);
}
