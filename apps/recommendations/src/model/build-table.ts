import type { Database } from '../database/database.ts';
import { DenseCodes } from './dense-codes.ts';
import { splitByCell, splitByCode } from './film-lists.ts';
import {
  type FilmTable,
  type KindTable,
  KIND_ATTRIBUTES,
  UNKNOWN_RATING,
  createUint16,
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
  const year = createUint16(length);
  const rating = createUint16(length).fill(UNKNOWN_RATING);
  const votes = new Uint32Array(length);
  const [kinds, directors] = [new DenseCodes(), new DenseCodes()];
  let films = 0;
  const query = 'SELECT number, kind, director, year, rating, votes FROM film WHERE listed';
  for (const row of database.iterate<Row>(query)) {
    const [film] = row;
    films += 1;
    kind[film] = kinds.encode(row[1]);
    director[film] = row[2] === null ? 0 : directors.encode(row[2]);
    year[film] = row[3] ?? 0;
    if (row[4] !== null) rating[film] = Math.round(100 * row[4]);
    votes[film] = row[5] ?? 0;
  }
  const ratingScore = computeRatingScores(rating, votes);
  const { kinds: lists, cells } = splitByCell({ kind, year, rating, ratingScore }, kinds.count);
  return {
    films,
    kind,
    director,
    year,
    rating,
    ratingScore,
    order: readOrder(database, length),
    kinds: { codes: readKindCodes(database, kinds), ...lists },
    cells,
    byDirector: splitByCode(director, directors.count, ratingScore),
  };
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
