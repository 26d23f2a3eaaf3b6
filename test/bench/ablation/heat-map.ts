import { median } from '../median.ts';
import type { Table } from '../benchmark.ts';
import type { Cell, Metric } from './cell.ts';
import { defenses, isRepeat } from './defenses.ts';
import { type Effect, type Interference, METRICS, findEffects, findInterferences } from './effects.ts';

/** `mixed`: some figures are worse without the defense, others better. */
export type HeatKind = 'helps' | 'harms' | 'mixed' | 'none';

export interface HeatMap {
  readonly faults: readonly string[];
  readonly rows: readonly {
    readonly defense: string;
    readonly cells: readonly { readonly kind: HeatKind; readonly text: string }[];
  }[];
}

const NAMES: Readonly<Record<Metric, string>> = {
  lost: 'pages lost',
  incomplete: 'pages lost or incomplete',
  p99Ms: 'p99',
  ordersLost: 'orders lost',
  ordersDoubled: 'orders doubled',
  calls: 'calls',
  recoveryS: 'recovery',
};
export const toMetricName = (metric: Metric): string => NAMES[metric];

/** Formats a figure of one cell; `–` without a value. */
export function formatMetric(metric: Metric, value: number): string {
  if (Number.isNaN(value)) return '–';
  switch (metric) {
    case 'p99Ms':
      return `${value.toFixed(0)} ms`;
    case 'recoveryS':
      return `${value.toFixed(1)} s`;
    case 'calls':
      return value.toFixed(2);
    case 'lost':
    case 'incomplete':
    case 'ordersLost':
    case 'ordersDoubled':
      return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
    default:
      return metric satisfies never;
  }
}

/** Returns the figure with everything on and without the defense. */
export const describeEffect = ({ metric, on, off }: Effect): string =>
  `${NAMES[metric]} ${formatMetric(metric, on)} → ${formatMetric(metric, off)}`;

const toKind = (effects: readonly Effect[]): HeatKind => {
  const directions = new Set(effects.map(({ direction }) => direction));
  const [first = 'none'] = directions;
  return directions.size > 1 ? 'mixed' : first;
};

export const listFaults = (cells: readonly Cell[]): string[] => [...new Set(cells.map(({ fault }) => fault))];

/** One row for each defense, one column for each fault. */
export function toHeatMap(cells: readonly Cell[]): HeatMap {
  const faults = listFaults(cells);
  return {
    faults,
    rows: defenses.map(({ name }) => ({
      defense: name,
      cells: faults.map((fault) => {
        const effects = findEffects(cells, fault, name);
        const measured = cells.some((cell) => cell.fault === fault && cell.subject === name);
        return {
          kind: toKind(effects),
          text: measured ? effects.map(describeEffect).join('; ') || '–' : 'not measured',
        };
      }),
    })),
  };
}

const middle = (cells: readonly Cell[], metric: Metric): string => {
  const values = cells.map(({ figures }) => figures[metric]).filter((value) => !Number.isNaN(value));
  return formatMetric(metric, values.length === 0 ? Number.NaN : median(values));
};

const COLUMNS: readonly (readonly [string, (subject: string) => boolean])[] = [
  ['everything on', isRepeat],
  ['everything off', (subject) => subject === 'off'],
  ['naive, 3 retries', (subject) => subject === 'naive'],
];

/** Compares the gateway with all and with no defenses to the naive gateway. */
export const toExtremesTable = (cells: readonly Cell[]): Table => ({
  title: 'Everything on, everything off, and the naive gateway',
  columns: ['fault: figure', ...COLUMNS.map(([name]) => name)],
  rows: listFaults(cells).flatMap((fault) =>
    METRICS.map((metric) =>
      [`${fault}: ${NAMES[metric]}`].concat(
        COLUMNS.map(([, matches]) =>
          middle(
            cells.filter((cell) => cell.fault === fault && matches(cell.subject)),
            metric,
          ),
        ),
      ),
    ).filter(([, ...values]) => new Set(values).size > 1),
  ),
});

const toInterferenceRow = ({ fault, metric, defense, without, kept, removed }: Interference): string[] => [
  defense,
  without === undefined ? 'all others on' : `without ${without}`,
  fault,
  `${NAMES[metric]} ${formatMetric(metric, kept)}; removed: ${formatMetric(metric, removed)}`,
];

/** Lists defenses that make a figure worse, with all others on or without one other. */
export function toInterferenceTable(cells: readonly Cell[]): Table {
  const alone = defenses.flatMap(({ name }) =>
    listFaults(cells)
      .flatMap((fault) => findEffects(cells, fault, name))
      .filter(({ direction }) => direction === 'harms')
      .map(({ fault, metric, on, off }): Interference => ({
        fault,
        metric,
        defense: name,
        kept: on,
        removed: off,
      })),
  );
  return {
    title: 'Figures that improve when a defense is removed',
    columns: ['removed', 'while', 'fault', 'figure'],
    rows: [...alone, ...findInterferences(cells)].map(toInterferenceRow),
  };
}
