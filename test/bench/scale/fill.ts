import type { Client } from 'pg';
import { createProgress } from './progress.ts';
import type { ScaleSize } from './sizes.ts';

/** Rows per statement. Each statement is one step of the progress. */
const BATCH = 50_000;

/**
 * Fills the database of a catalog, which has the films of the data set, up to a size. The server makes the rows itself, which
 * is faster than COPY: nothing is sent.
 */
export async function fillStore(
  database: Client,
  { films, orders }: ScaleSize,
  report: (progress: string) => void,
): Promise<void> {
  await database.query('set synchronous_commit = off');
  // Skips the checks of foreign keys. All rows have a film of this database.
  await database.query('set session_replication_role = replica');
  await fillFilms(database, films, report);
  await database.query(NUMBER_FILMS);
  await inBatches(1, orders, createProgress(report, 'orders', orders), (from, to) =>
    database.query(FILL_ORDERS, [from, to, Math.floor(films / 3)]),
  );
  await database.query('drop table film_number');
  await database.query('set session_replication_role = origin');
  report('analyzing the tables'.padEnd(72));
  await database.query('vacuum analyze');
}

async function fillFilms(database: Client, films: number, report: (progress: string) => void): Promise<void> {
  const { rows } = await database.query<{ count: number }>('select count(*)::int from films');
  const existing = rows[0]?.count ?? 0;
  await inBatches(existing, films - 1, createProgress(report, 'films', films), (from, to) =>
    database.query(FILL_FILMS, [from, to, existing]),
  );
  await database.query(
    'insert into stock (product_id, quantity) select id, 1000 from films on conflict do nothing',
  );
}

/** Greatest age of added idempotency keys, in days. The youngest are a day younger. Catalog deletes keys after seven days. */
const keyAges = { kept: 3, old: 9 };

/** Adds idempotency keys, one for each of `count` earlier orders. Catalog deletes those of age `old`. */
export async function addKeys(
  database: Client,
  age: keyof typeof keyAges,
  count: number,
  report: (progress: string) => void,
): Promise<void> {
  await inBatches(1, count, createProgress(report, 'idempotency keys', count), (from, to) =>
    database.query(ADD_KEYS, [from, to, count, keyAges[age]]),
  );
  await database.query('vacuum analyze order_keys');
}

async function inBatches(
  first: number,
  last: number,
  progress: (done: number) => void,
  fill: (from: number, to: number) => Promise<unknown>,
): Promise<void> {
  for (let from = first; from <= last; from += BATCH) {
    progress(from - first);
    await fill(from, Math.min(from + BATCH - 1, last));
  }
}

/** Copies films under other ids. A third of the copies has no votes, so that many films are equally popular. */
const FILL_FILMS = `
  with originals as (select *, row_number() over (order by id) - 1 as position from films where id not like '%-copy-%')
  insert into films (id, title, genre, director, release_date, imdb_rating, imdb_votes, price, search_text)
  select left(id, 80) || '-copy-' || copy, title || ' ' || copy, genre, director, release_date, imdb_rating,
    case when copy % 3 > 0 then imdb_votes * (copy % 1000) / 1000 end, price, search_text || ' ' || copy
  from generate_series($1::int, $2::int) copy join originals on position = copy % $3::int`;

const NUMBER_FILMS = `
  create temporary table film_number as select (row_number() over (order by md5(id)) - 1)::int as number, id from films;
  alter table film_number add primary key (number);
  analyze film_number`;

/** A UUID of version 4 from a number. Neighbors are far apart in an index, like random ids. */
const toId = (number: string): string =>
  `overlay(overlay(md5(${number}::text) placing '4' from 13) placing 'a' from 17)::uuid`;

/**
 * The film of a line depends on a hash, so that each run makes the same orders. Its square prefers low numbers: the most
 * ordered tenth of the films has a third of the lines. The films of an order differ, because each position has its own.
 */
const FILL_ORDERS = `
  with line as (
    select number, position, 3 * floor(
      ((hashint8(number * 4 + position)::float8 + 2147483648) / 4294967296) ^ 2 * $3::int
    )::int + position as film
    from generate_series($1::bigint, $2::bigint) number, generate_series(0, 2) position
    where position <= number % 3
  ), filled as (
    insert into orders (id, status, total, created_at, seq)
    select ${toId('number')}, 'confirmed', 999 * (1 + number % 3), now() - interval '60 days', number
    from generate_series($1::bigint, $2::bigint) number
  )
  insert into order_items (order_id, position, product_id, quantity, unit_price)
  select ${toId('line.number')}, position, id, 1, 999 from line join film_number on film_number.number = film
  order by 1`;

const ADD_KEYS = `
  insert into order_keys (key, fingerprint, outcome, created_at)
  select md5(random()::text), md5(number::text), json_build_object('kind', 'placed', 'order', json_build_object(
      'id', md5(number::text)::uuid, 'status', 'confirmed', 'items', json_build_array(json_build_object(
        'productId', 'the-dark-knight-2008', 'quantity', 1, 'unitPrice', json_build_object('amount', 999, 'currency', 'EUR'))),
      'total', json_build_object('amount', 999, 'currency', 'EUR'), 'createdAt', now())),
    now() - interval '1 day' * $4::int + interval '1 day' * number / $3::int
  from generate_series($1::int, $2::int) number`;
