import type { Client } from 'pg';
import type { Dispatcher, Pool } from 'undici';
import type { Measured } from '../benchmark.ts';

/** A catalog with a number of films. */
export interface ScaleStore {
  readonly films: number;
  readonly database: Client;
  /** Sends a GET to catalog. Resolves with the status and the time in milliseconds. */
  get(path: string): Promise<Timed>;
  /** Sends an order to catalog. */
  order(key: string, body: object): Promise<Timed>;
}

interface Timed {
  readonly status: number;
  readonly ms: number;
}

/** Measures one part of a store. Each size of the store gives one point of a curve. */
export type ScaleMeasure = (
  store: ScaleStore,
) => Promise<readonly Pick<Measured, 'name' | 'unit' | 'value'>[]>;

export function createRequests(pool: Pool): Pick<ScaleStore, 'get' | 'order'> {
  const send = async (options: Dispatcher.RequestOptions): Promise<Timed> => {
    const began = performance.now();
    const { statusCode, body } = await pool.request(options);
    await body.dump();
    return { status: statusCode, ms: performance.now() - began };
  };
  return {
    get: (path) => send({ method: 'GET', path }),
    order: (key, body) =>
      send({
        method: 'POST',
        path: '/orders',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      }),
  };
}

/** Films per statement. Each statement is one step of the progress. */
const BATCH = 50_000;

/**
 * Fills a database that has the films of the data set up to a number of films: copies under other ids. A third of the
 * copies has no votes, so that many films are equally popular.
 */
export async function fillFilms(
  database: Client,
  films: number,
  report: (progress: string) => void,
): Promise<void> {
  const { rows } = await database.query<{ count: number }>('select count(*)::int from films');
  const existing = rows[0]?.count ?? 0;
  for (let from = existing; from < films; from += BATCH) {
    report(`films ${from} of ${films}`.padEnd(40));
    await database.query(FILL, [from, Math.min(from + BATCH, films) - 1, existing]);
  }
  await database.query(
    'insert into stock (product_id, quantity) select id, 1000 from films on conflict do nothing',
  );
  await database.query('vacuum analyze');
}

const FILL = `
  with originals as (select *, row_number() over (order by id) - 1 as position from films where id not like '%-copy-%')
  insert into films (id, title, genre, director, release_date, imdb_rating, imdb_votes, price, search_text)
  select left(id, 80) || '-copy-' || copy, title || ' ' || copy, genre, director, release_date, imdb_rating,
    case when copy % 3 > 0 then imdb_votes * (copy % 1000) / 1000 end, price, search_text || ' ' || copy
  from generate_series($1::int, $2::int) copy join originals on position = copy % $3::int`;
