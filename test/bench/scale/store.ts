import type { Client } from 'pg';
import type { Stops } from '../../../deploy/local/stops.ts';
import type { Measured } from '../benchmark.ts';
import type { ScaleSize } from './sizes.ts';
import type { RunningCatalog } from './start-catalog.ts';

/** A catalog with a number of films and orders. */
export interface ScaleStore {
  readonly size: ScaleSize;
  readonly database: Client;
  readonly databaseUrl: string;
  readonly catalog: RunningCatalog;
  /** An empty directory for files of services. */
  readonly directory: string;
  /** Stops what a measure has started. */
  readonly stops: Stops;
  readonly report: (progress: string) => void;
}

/** A figure of one size. The figures of all sizes with one name are a curve. */
export interface ScaleFigure extends Measured {
  /** Title of the plot with the curve. All curves of a plot have one unit. */
  readonly plot: string;
}

/** Measures one part of a store. */
export type ScaleMeasure = (store: ScaleStore) => Promise<readonly ScaleFigure[]>;

/** Returns ids of `count` films, the same in each run. Sets their stock to a million. */
export async function chooseFilms(database: Client, count: number): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `update stock set quantity = 1000000 where product_id in (select id from films order by md5(id) limit $1)
     returning product_id as id`,
    [count],
  );
  return rows.map(({ id }) => id);
}
