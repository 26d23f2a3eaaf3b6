import { type ServiceName, services } from '../../../deploy/local/services.ts';
import type { Plot, Table } from '../../bench/benchmark.ts';
import type { Discrepancies } from '../exactly-once/reconcile.ts';
import type { Observation, Tolerance } from '../experiment.ts';
import { measureGrowth, offBy, toRelativeGrowth } from './growth.ts';
import type { ProcessMetrics } from './process-metrics.ts';

const HEAP_GROWTH = 0.05;
const HANDLES_OFF = 2;
const EXAMPLES = 5;

export const SERVICES = services.map(({ name }) => name).toReversed();

/** State of the services after a number of requests, without an active fault. */
export interface Sample {
  readonly requests: number;
  readonly of: Readonly<Record<ServiceName, ProcessMetrics>>;
}

/** The data that a run is judged by. */
export interface Seen {
  readonly samples: readonly Sample[];
  /** Number of requests of the whole run. */
  readonly requests: number;
  readonly died: readonly string[];
  readonly withoutResponse: readonly string[];
  readonly internalErrors: readonly string[];
  readonly neverBroken: readonly string[];
  readonly books: Pick<Discrepancies, 'lost' | 'duplicated' | 'stock' | 'responses'>;
}

const none: Tolerance = { exactly: 0 };
const heapGrowthName = (service: ServiceName): string => `${service}: growth of the heap`;
const handlesName = (service: ServiceName): string => `${service}: handles more or fewer`;
const filesName = (service: ServiceName): string => `${service}: open files more or fewer`;

export const hypothesis: Readonly<Record<string, Tolerance>> = {
  ...Object.fromEntries(
    SERVICES.flatMap((service): [string, Tolerance][] => [
      [heapGrowthName(service), { atMost: HEAP_GROWTH, unit: 'share' }],
      [handlesName(service), { atMost: HANDLES_OFF }],
      [filesName(service), { atMost: HANDLES_OFF }],
    ]),
  ),
  'processes that died': none,
  'requests without a response': none,
  'responses with status 500': none,
  'faults that never took hold': none,
  'orders lost': none,
  'orders placed twice': none,
  'films of which the stock does not add up': none,
  'orders with conflicting responses': none,
};

/** Judges a run. Values without samples have not grown. */
export function toObservations(seen: Seen): Record<string, Observation> {
  const growth = (service: ServiceName, value: (processMetrics: ProcessMetrics) => number) =>
    measureGrowth(
      seen.samples.map(({ requests, of }) => ({ requests, value: value(of[service]) })),
      seen.requests,
    );
  const grown = (
    service: ServiceName,
    value: (processMetrics: ProcessMetrics) => number,
    measure: typeof toRelativeGrowth,
  ): Observation => {
    const found = growth(service, value);
    const reported = found && `from ${rounded(found.baseline)} to ${rounded(found.end)}`;
    const nothingYet = seen.samples.length === 0 ? 0 : Number.NaN;
    return { value: found ? measure(found) : nothingYet, ...(reported && { examples: [reported] }) };
  };
  const count = (list: readonly string[]): Observation => ({
    value: list.length,
    examples: list.slice(0, EXAMPLES),
  });
  return {
    ...Object.fromEntries(
      SERVICES.flatMap((service) => [
        [heapGrowthName(service), grown(service, ({ heapMiB }) => heapMiB, toRelativeGrowth)],
        [handlesName(service), grown(service, ({ handles }) => handles, offBy)],
        // Not every system reports them: then no leak is visible.
        [filesName(service), grown(service, ({ files = 0 }) => files, offBy)],
      ]),
    ),
    'processes that died': count(seen.died),
    'requests without a response': count(seen.withoutResponse),
    'responses with status 500': count(seen.internalErrors),
    'faults that never took hold': count(seen.neverBroken),
    'orders lost': count(seen.books.lost),
    'orders placed twice': count(seen.books.duplicated),
    'films of which the stock does not add up': count(seen.books.stock),
    'orders with conflicting responses': count(seen.books.responses),
  };
}

const rounded = (value: number): string => value.toFixed(Number.isInteger(value) ? 0 : 1);

interface Column {
  readonly title: string;
  readonly y: string;
  readonly value: (processMetrics: ProcessMetrics) => number | undefined;
}

const columns: readonly Column[] = [
  { title: 'Heap after a collection', y: 'MiB', value: ({ heapMiB }) => heapMiB },
  { title: 'Active handles', y: 'handles', value: ({ handles }) => handles },
  { title: 'Resident memory', y: 'MiB', value: ({ rssMiB }) => rssMiB },
  { title: 'Outside of the heap', y: 'MiB', value: ({ externalMiB }) => externalMiB },
  { title: 'Open files', y: 'files', value: ({ files }) => files },
  { title: 'Open sockets', y: 'sockets', value: ({ sockets }) => sockets },
  { title: 'Delay of the event loop, p99 between samples', y: 'ms', value: ({ loopDelayMs }) => loopDelayMs },
];

export const toPlots = (samples: readonly Sample[]): Plot[] =>
  columns.map(({ title, y, value }) => ({
    title,
    x: 'thousand requests',
    y,
    series: SERVICES.map((service) => ({
      name: service,
      points: samples.flatMap(({ requests, of }): [number, number][] => {
        const seen = value(of[service]);
        return seen === undefined ? [] : [[requests / 1000, Number(seen.toFixed(2))]];
      }),
    })),
  }));

export const toTables = (samples: readonly Sample[]): Table[] =>
  SERVICES.map((service) => ({
    title: `${service}, without faults`,
    columns: ['requests', ...columns.map(({ title, y }) => (title.endsWith(y) ? title : `${title}, ${y}`))],
    rows: samples.map(({ requests, of }) => [
      String(requests),
      ...columns.map(({ value }) => {
        const seen = value(of[service]);
        return seen === undefined ? '' : rounded(seen);
      }),
    ]),
  }));
