import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { Stops } from '../../deploy/local/stops.ts';
import { ruleFiles } from '../../deploy/prometheus/rules.ts';
import { createDatabase } from '../support/postgres.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { orderInit } from './client.ts';
import { type Store, startStore } from './store.ts';

export interface WatchedStore {
  readonly store: Store;
  readonly prometheus: Prometheus;
  stop(): Promise<void>;
}

const REQUEST_EVERY_MS = 25;

/**
 * The built store under some load, on PostgreSQL and Redis if the tests have them, and a Prometheus that scrapes it
 * every second. It uses the project's rules with a second for each minute.
 */
export async function startWatchedStore(): Promise<WatchedStore> {
  const stops = new Stops();
  try {
    const { TEST_DATABASE_URL, TEST_REDIS_URL = '' } = process.env;
    const store = await startStore({
      DATABASE_URL: TEST_DATABASE_URL ? (await createDatabase(TEST_DATABASE_URL, 'watched')).url : '',
      REDIS_URL: TEST_REDIS_URL,
      // No receiver takes spans: their loss is reported nevertheless.
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      OTEL_METRICS_EXPORTER: 'none',
    });
    stops.add({ stop: () => store.close() });
    const directory = await mkdtemp(join(tmpdir(), 'film-store-prometheus-'));
    stops.add({ stop: () => rm(directory, { recursive: true, force: true }) });
    await writeConfiguration(directory, store);
    const prometheus = stops.add(await startPrometheus(directory));
    await prometheus.ready();
    stops.add(visit(store));
    return { store, prometheus, stop: () => stops.stop() };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

async function writeConfiguration(directory: string, { ports }: Store): Promise<void> {
  for (const file of ruleFiles)
    await writeFile(join(directory, basename(file)), inSeconds(await readFile(file, 'utf8')));
  const configuration = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ruleFiles.map((file) => basename(file)),
    scrape_configs: [
      {
        job_name: 'film-store',
        static_configs: Object.entries(ports).map(([service, port]) => ({
          targets: [`localhost:${port}`],
          labels: { service },
        })),
      },
    ],
  };
  await writeFile(join(directory, 'prometheus.yml'), stringify(configuration));
}

const secondsPerUnit = { m: 1, h: 60, d: 24 * 60 };

/** Matches every duration of the rules: ranges, offsets, intervals, and the `for` of alerts. */
const inSeconds = (rules: string): string =>
  rules.replaceAll(
    /(?<before>\[|offset |interval: |for: )(?<count>\d+)(?<unit>[mhd])/g,
    (_, before: string, count: string, unit: keyof typeof secondsPerUnit) =>
      `${before}${Number(count) * secondsPerUnit[unit]}s`,
  );

/** Requests pages, a missing page, and orders, one after the other. Failures are expected. */
function visit({ url }: Store): { stop: () => Promise<void> } {
  const requests: [string, (() => RequestInit)?][] = [
    ['/api/home'],
    ['/api/products/the-dark-knight-2008'],
    ['/api/products?q=dark'],
    ['/api/products/no-such-film'],
    [
      '/api/orders',
      () => orderInit({ items: [{ productId: 'the-dark-knight-2008', quantity: 1 }] }, randomUUID()),
    ],
  ];
  const end = new AbortController();
  const visits = (async () => {
    for (let next = 0; !end.signal.aborted; next = (next + 1) % requests.length) {
      const [path, init] = requests[next] ?? ['/'];
      await fetch(url + path, init?.())
        .then((response) => response.arrayBuffer())
        .catch(() => undefined);
      await sleep(REQUEST_EVERY_MS);
    }
  })();
  return {
    stop() {
      end.abort();
      return visits;
    },
  };
}
