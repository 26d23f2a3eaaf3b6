import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { Pool } from 'undici';
import { freePorts } from '../../deploy/local/ports.ts';
import { startService } from '../../deploy/local/services.ts';
import { Stops } from '../../deploy/local/stops.ts';
import { createDatabase, findPostgres, startPostgres } from '../support/postgres.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { measureOrders } from './scale/orders.ts';
import { measureProducts } from './scale/products.ts';
import { type ScaleMeasure, createRequests, fillFilms } from './scale/store.ts';

/** A new row is a file of its own in `scale/`. */
const measures: readonly ScaleMeasure[] = [measureProducts, measureOrders];

type Points = readonly (readonly [films: number, measured: Measured])[];

export const scaleBenchmark: Benchmark = {
  name: 'scale',
  question: 'What grows with the number of films?',
  load: 'one catalog on PostgreSQL with 3,200, 100,000 and 1,000,000 films, or those of --sizes',
  async run(report, { sizes }) {
    const bin = findPostgres();
    if (bin === undefined) throw new Error('there is no PostgreSQL on this machine (Debian: postgresql)');
    const stops = new Stops();
    try {
      const server = stops.add(await startPostgres(bin));
      const points: (readonly [number, Measured])[] = [];
      for (const films of sizes)
        for (const measured of await measureSize(server.url, films, report)) points.push([films, measured]);
      return {
        measured: points.map(([films, each]) => ({ ...each, name: `${each.name}, ${films} films` })),
        plots: [
          toPlot('Latency', 'p50 ms', 'ms', points),
          toPlot('Product reads', 'share', 'share', points),
          toPlot('Orders', 'orders a second', '/s', points),
        ],
      };
    } finally {
      await stops.stop();
    }
  },
};

async function measureSize(
  server: string,
  films: number,
  report: (progress: string) => void,
): Promise<Measured[]> {
  const stops = new Stops();
  try {
    const { url } = stops.add(await createDatabase(server, 'scale'));
    const directory = await mkdtemp(join(tmpdir(), 'scale-'));
    stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
    const [port = 0] = await freePorts(1);
    const env = { ...process.env, DATABASE_URL: url, DATA_DIR: directory, LOG_LEVEL: 'error' };
    // The service imports the films of the data set.
    const service = stops.add(startService({ name: 'catalog', port, env }));
    await service.ready();
    const database = new Client({ connectionString: url });
    await database.connect();
    stops.add({ stop: () => database.end() });
    await fillFilms(database, films, report);
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
    stops.add({ stop: () => pool.close() });
    report(`measures at ${films} films`.padEnd(40));
    const store = { films, database, ...createRequests(pool) };
    const measured: Measured[] = [];
    for (const measure of measures) measured.push(...(await measure(store)));
    return measured;
  } finally {
    await stops.stop();
  }
}

function toPlot(title: string, y: string, unit: Measured['unit'], points: Points) {
  const shown = points.filter(([, measured]) => measured.unit === unit);
  const names = [...new Set(shown.map(([, { name }]) => name))];
  return {
    title,
    x: 'films',
    y,
    series: names.map((name) => ({
      name,
      points: shown
        .filter(([, measured]) => measured.name === name)
        .map(([films, { value }]) => [films, value] as const),
    })),
  };
}
