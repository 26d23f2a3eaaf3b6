import type { Cell } from '../ablation/cell.ts';
import { type DefenseName, defenses } from '../ablation/defenses.ts';
import { type Effect, findEffects } from '../ablation/effects.ts';
import { describeEffect, listFaults } from '../ablation/heat-map.ts';
import type { Price } from './measure-prices.ts';
import { type Prices, formatMoney, toMoney } from './money.ts';

export interface PriceInputs {
  readonly prices: readonly Price[];
  readonly money: Prices;
  /** Calls to upstreams per page. */
  readonly callsPerPage: number;
  /** Cells of the recorded ablation; empty if none is recorded. */
  readonly cells: readonly Cell[];
  /** Redis round trips per order; `undefined` if not recorded. */
  readonly roundTrips: number | undefined;
}

export const PRICE_COLUMNS = [
  'defense',
  'CPU',
  'memory',
  'extra calls under fault, at most',
  'Redis round trips',
  'money per million pages',
  'greatest effect in the map',
] as const;

/** The order in which effects matter to users. */
const IMPORTANCE: Readonly<Record<Effect['metric'], number>> = {
  ordersDoubled: 6,
  ordersLost: 5,
  lost: 4,
  incomplete: 3,
  p99Ms: 2,
  recoveryS: 1,
  calls: 0,
};

/** One row for each defense. Costs that no call has are empty. */
export const toPriceRows = (inputs: PriceInputs): string[][] =>
  defenses.map(({ name }) => toRow(name, inputs));

function toRow(name: DefenseName, { prices, money, callsPerPage, cells, roundTrips }: PriceInputs): string[] {
  const price = prices.find(({ defense }) => defense === name);
  const perPage = price?.per === 'call' ? callsPerPage : 1;
  // Each upstream has an instance of its own.
  const cost = price ? toMoney(price.cpuUs * perPage, price.memoryMiB * perPage, money) : 0;
  return [
    name,
    price ? `${price.cpuUs.toFixed(2)} µs per ${price.per}` : '–',
    price ? `${(price.memoryMiB * 1024).toFixed(1)} KiB` : '–',
    extraCalls(name, cells),
    name === 'idempotency-key'
      ? roundTrips === undefined
        ? 'not recorded'
        : `${roundTrips} per order`
      : '–',
    price?.per === 'order' ? `${formatMoney(cost)} for a million orders` : formatMoney(cost),
    cells.length === 0 ? 'no ablation is recorded' : greatestEffect(name, cells),
  ];
}

/** The most calls per request that a defense adds outside the noise: without it there are fewer. */
function extraCalls(name: DefenseName, cells: readonly Cell[]): string {
  if (cells.length === 0) return 'no ablation is recorded';
  const added = listFaults(cells)
    .flatMap((fault) => findEffects(cells, fault, name))
    .filter(({ metric, direction }) => metric === 'calls' && direction === 'harms')
    .toSorted((a, b) => b.on - b.off - (a.on - a.off));
  const [most] = added;
  return most ? `${(most.on - most.off).toFixed(2)} per request (${most.fault})` : '–';
}

function greatestEffect(name: DefenseName, cells: readonly Cell[]): string {
  const effects = listFaults(cells)
    .flatMap((fault) => findEffects(cells, fault, name))
    .filter(({ direction }) => direction === 'helps')
    .toSorted((a, b) => IMPORTANCE[b.metric] - IMPORTANCE[a.metric] || b.off - b.on - (a.off - a.on));
  const [greatest] = effects;
  return greatest ? `${greatest.fault}: ${describeEffect(greatest)}` : 'none';
}
