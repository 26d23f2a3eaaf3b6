import type { Cell } from '../bench/ablation/cell.ts';
import { type DefenseName, defenses } from '../bench/ablation/defenses.ts';
import { type Effect, findEffects } from '../bench/ablation/effects.ts';
import { listFaults } from '../bench/ablation/heat-map.ts';
import type { Measured } from '../bench/benchmark.ts';

/** Figures that are fractions of the pages or of the orders. */
const LOSSES: ReadonlySet<Effect['metric']> = new Set(['lost', 'incomplete', 'ordersLost', 'ordersDoubled']);

/** CPU times at the ends of the axis, in microseconds. */
const CHEAPEST_US = 0.01;
const DEAREST_US = 10;

interface Worth {
  readonly name: DefenseName;
  readonly cpuUs: number;
  /** Greatest part of the pages or orders that the defense saves under a fault, 0 to 1. */
  readonly saved: number;
}

/**
 * Draws each defense at its CPU time, on a logarithmic axis, and at what it saves at most under one fault. Names the
 * defenses that save nothing below the chart. `callsPerPage` turns prices of calls into prices of pages.
 */
export function renderWorthChart(
  cells: readonly Cell[],
  prices: readonly Measured[],
  callsPerPage: number,
): string {
  const all = defenses.flatMap(({ name }): Worth[] => {
    const cpuUs = readPrice(prices, name, callsPerPage);
    return cpuUs === undefined ? [] : [{ name, cpuUs, saved: findSaved(cells, name) }];
  });
  const useless = all.filter(({ saved }) => saved === 0).map(({ name }) => name);
  return [
    '```mermaid',
    'quadrantChart',
    '  title Pages or orders saved, and CPU time for a page',
    `  x-axis "from ${CHEAPEST_US} µs" --> "to ${DEAREST_US} µs"`,
    '  y-axis "from 0 % saved" --> "to 100 % saved"',
    '  quadrant-1 for what matters',
    '  quadrant-2 always',
    '  quadrant-3 little for little',
    '  quadrant-4 for one kind of fault',
    ...all
      .filter(({ saved }) => saved > 0)
      .map((worth) => `  "${worth.name}": [${toX(worth)}, ${toY(worth)}]`),
    '```',
    '',
    'CPU times are those of the [price list](#price-list). A saving is the greatest of the [ablation map](../measurements.md#ablation).',
    ...(useless.length > 0 ? ['', `No page and no order was saved by: ${useless.join(', ')}.`] : []),
  ].join('\n');
}

function readPrice(prices: readonly Measured[], name: DefenseName, callsPerPage: number): number | undefined {
  const price = prices.find((each) => each.name.startsWith(`${name}: CPU per `));
  return price && price.value * (price.name.endsWith('per call') ? callsPerPage : 1);
}

const findSaved = (cells: readonly Cell[], name: DefenseName): number =>
  listFaults(cells)
    .flatMap((fault) => findEffects(cells, fault, name))
    .filter(({ metric, direction }) => direction === 'helps' && LOSSES.has(metric))
    .reduce((most, { on, off }) => Math.max(most, off - on), 0);

/** Points on an edge would be cut. */
const inside = (position: number): string => Math.min(0.96, Math.max(0.04, position)).toFixed(2);

const toX = ({ cpuUs }: Worth): string =>
  inside(Math.log10(cpuUs / CHEAPEST_US) / Math.log10(DEAREST_US / CHEAPEST_US));
const toY = ({ saved }: Worth): string => inside(saved);
