import type { StoreFault } from '../chaos/store/faults.ts';
import { gone, link, receiver } from '../chaos/store/faults.ts';
// #region part: flags
import { flagsFile } from '../chaos/store/flags-file.ts';
// #endregion part: flags
import * as hidden from './faults.ts';
import { type HiddenFault, WHOLE_GAME_MS } from './faults.ts';

/** A cause that a game day may hide. */
export interface Cause {
  /** In plain English. */
  readonly title: string;
  /** The parts whose failure it is. It does no harm to restart them, or to isolate their breakers. */
  readonly parts: readonly string[];
  /** The team that repairs it, if the operators of the store cannot. */
  readonly owner?: string;
  readonly fault: HiddenFault;
  readonly needs?: 'postgres';
}

/** A fault of the chaos experiments without a time limit. */
const untilEnded = ({ begin, end }: StoreFault): HiddenFault => ({
  begin: (store) => begin(store, WHOLE_GAME_MS),
  ...(end && { end }),
});

/** Every possible cause, by the name that players give. */
export const causes: Readonly<Record<string, Cause>> = {
  'catalog-down': {
    title: 'The process of catalog does not run',
    parts: ['catalog'],
    fault: untilEnded(gone('catalog')),
  },
  'catalog-hangs': {
    title: 'The process of catalog runs and does not respond',
    parts: ['catalog'],
    fault: hidden.hung('catalog'),
  },
  'catalog-link-slow': {
    title: 'The network between the services and catalog is slow',
    parts: ['catalog'],
    owner: 'network',
    fault: untilEnded(link('catalog', 'latency', 700)),
  },
  'catalog-link-broken': {
    title: 'The network between the services and catalog ends every connection',
    parts: ['catalog'],
    owner: 'network',
    fault: untilEnded(link('catalog', 'reset')),
  },
  'catalog-isolated': {
    title: 'An operator isolated the breaker of catalog',
    parts: ['catalog'],
    fault: hidden.isolated('catalog'),
  },
  'database-down': {
    title: 'PostgreSQL ends every connection',
    parts: ['database', 'catalog'],
    owner: 'database',
    fault: untilEnded(link('database', 'cut')),
    needs: 'postgres',
  },
  'database-slow': {
    title: 'PostgreSQL responds slowly to everything',
    parts: ['database', 'catalog'],
    owner: 'database',
    fault: untilEnded(link('database', 'latency', 300)),
    needs: 'postgres',
  },
  'stock-locked': {
    title: 'A transaction in PostgreSQL holds a lock on the stock',
    parts: ['database', 'catalog'],
    owner: 'database',
    fault: hidden.lockedStock(),
    needs: 'postgres',
  },
  'redis-down': {
    title: 'The process of Redis does not run',
    parts: ['redis'],
    fault: untilEnded(gone('redis')),
  },
  'redis-full': {
    title: 'Redis is at its maxmemory and rejects writes',
    parts: ['redis'],
    owner: 'redis',
    fault: hidden.fullRedis,
  },
  'redis-hangs': {
    title: 'The process of Redis runs and does not respond',
    parts: ['redis'],
    fault: hidden.hung('redis'),
  },
  // #region part: recommendations
  'recommendations-down': {
    title: 'The process of recommendations does not run',
    parts: ['recommendations'],
    fault: untilEnded(gone('recommendations')),
  },
  'recommendations-hangs': {
    title: 'The process of recommendations runs and does not respond',
    parts: ['recommendations'],
    fault: hidden.hung('recommendations'),
  },
  // #endregion part: recommendations
  'gateway-starved': {
    title: 'The process of the gateway gets too little CPU',
    parts: ['gateway'],
    fault: hidden.starved('gateway'),
  },
  // #region part: flags
  'orders-off': {
    title: 'An operator set the flag orders.accept to off',
    parts: ['flags'],
    owner: 'flags',
    fault: hidden.flagOff('orders.accept'),
  },
  'flags-missing': {
    title: 'The file with the flags does not exist',
    parts: ['flags'],
    owner: 'flags',
    fault: untilEnded(flagsFile('gone')),
  },
  // #endregion part: flags
  'telemetry-down': {
    title: 'The receiver of traces rejects them',
    parts: ['telemetry'],
    owner: 'telemetry',
    fault: untilEnded(receiver('responds with 503')),
  },
};

export const causeNames: readonly string[] = Object.keys(causes);

/** The owners that a player may call, because their repair is not in the hands of the store's operators. */
export const owners: readonly string[] = [
  ...new Set(Object.values(causes).flatMap(({ owner }) => owner ?? [])),
].toSorted();

/** Formats the closed list of causes for a terminal. */
export const listCauses = (): string =>
  Object.entries(causes)
    .map(([name, { title }]) => `${name.padEnd(22)} ${title}`)
    .join('\n');
