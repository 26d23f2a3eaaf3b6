import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { Stops } from '../../deploy/local/stops.ts';
import { createDatabase, findPostgres, startPostgres } from '../support/postgres.ts';
import type { Benchmark, Plot } from './benchmark.ts';
import { measureCatalogCosts } from './scale/catalog-costs.ts';
import { fillStore } from './scale/fill.ts';
import { measureKeyDeletion } from './scale/key-deletion.ts';
import { measureOrders } from './scale/orders.ts';
import { measureProducts } from './scale/products.ts';
import { measureRecommendations } from './scale/recommendations/measure.ts';
import { measureRoundTrips } from './scale/round-trips.ts';
import { type ScaleSizeName, formatCount, scaleSizes } from './scale/sizes.ts';
import { startCatalog } from './scale/start-catalog.ts';
import { stopOnSignal } from './scale/stop-on-signal.ts';
import type { ScaleFigure, ScaleMeasure } from './scale/store.ts';

/** A new row is a file of its own in `scale/`. */
const measures: readonly ScaleMeasure[] = [
  measureProducts,
  measureCatalogCosts,
  measureOrders,
  measureRoundTrips,
  measureKeyDeletion,
  measureRecommendations,
];

interface Point extends ScaleFigure {
  readonly size: ScaleSizeName;
}

const sizeTexts = Object.entries(scaleSizes).map(
  ([name, { films, orders }]) => `${name}: ${formatCount(films)} films and ${formatCount(orders)} orders`,
);

export const scaleBenchmark: Benchmark = {
  name: 'scale',
  question: 'What grows with the number of films and orders?',
  load: `one process of each service on PostgreSQL, at each of --sizes (${sizeTexts.join('; ')})`,
  async run(report, { sizes }) {
    const bin = findPostgres();
    if (bin === undefined) throw new Error('there is no PostgreSQL on this machine (Debian: postgresql)');
    const stops = new Stops();
    const ignoreSignals = stopOnSignal(stops);
    try {
      const server = stops.add(await startPostgres(bin));
      const points: Point[] = [];
      for (const size of sizes)
        for (const figure of await measureSize(server.url, size, report, stops))
          points.push({ ...figure, size });
      return {
        measured: points.map(({ size, plot: _plot, ...each }) => ({
          ...each,
          name: `${each.name} (${size})`,
        })),
        plots: toPlots(points),
      };
    } finally {
      ignoreSignals();
      await stops.stop();
    }
  },
};

async function measureSize(
  server: string,
  name: ScaleSizeName,
  reportProgress: (progress: string) => void,
  all: Stops,
): Promise<ScaleFigure[]> {
  const size = scaleSizes[name];
  const report = (progress: string): void => reportProgress(`${name}: ${progress}`);
  const stops = all.add(new Stops());
  try {
    const { url } = stops.add(await createDatabase(server, 'scale'));
    const directory = await mkdtemp(join(tmpdir(), 'scale-'));
    stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
    // Catalog creates the tables and imports the films of the data set.
    const catalog = await startCatalog(url, stops);
    const database = new Client({ connectionString: url });
    await database.connect();
    stops.add({ stop: () => database.end() });
    await fillStore(database, size, report);
    const figures: ScaleFigure[] = [];
    const store = { size, database, databaseUrl: url, catalog, directory, report };
    for (const measure of measures) {
      const own = stops.add(new Stops());
      figures.push(...(await measure({ ...store, stops: own })));
      await own.stop();
    }
    return figures;
  } finally {
    await stops.stop();
  }
}

/** Returns a plot for each title, with a curve for each name. */
function toPlots(points: readonly Point[]): Plot[] {
  const titles = [...new Set(points.map(({ plot }) => plot))];
  return titles.map((title) => {
    const shown = points.filter(({ plot }) => plot === title);
    const names = [...new Set(shown.map(({ name }) => name))];
    return {
      title,
      x: 'films',
      isXLogarithmic: true,
      y: shown[0]!.unit,
      series: names.map((name) => ({
        name,
        points: shown
          .filter((point) => point.name === name)
          .map(({ size, value }) => [scaleSizes[size].films, value] as const),
      })),
    };
  });
}
