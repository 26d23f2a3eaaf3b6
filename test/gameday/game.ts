import { setTimeout as sleep } from 'node:timers/promises';
import { startControl } from '../../deploy/local/control.ts';
import type { Ports } from '../../deploy/local/services.ts';
import type { Stops } from '../../deploy/local/stops.ts';
import { type BreakerWatch, watchBreakers } from '../chaos/store/breakers.ts';
import { type ChaosStore, startChaosStore } from '../chaos/store/start-store.ts';
import { type Traffic, trafficOn } from '../chaos/store/traffic.ts';
import type { Discrepancies } from '../chaos/exactly-once/reconcile.ts';
import { seeded } from '../chaos/random.ts';
import { type Alert, formatAlert } from './alerts.ts';
import { causes } from './causes.ts';
import { executeInGame } from './commands.ts';
import { setBreaker } from './faults.ts';
import { startOrders } from './orders.ts';
import { type Monitor, startMonitor } from './monitor.ts';
import type { Schedule } from './schedule.ts';
import { isFound } from './score.ts';

/** One line of the timeline. Times are those of `performance.now()`. */
export interface GameEvent {
  readonly at: number;
  readonly what: string;
}

/** A game day that runs. */
export interface Game {
  readonly schedule: Schedule;
  readonly store: ChaosStore;
  readonly logs: string;
  readonly monitor: Monitor;
  readonly traffic: Traffic;
  readonly breakers: BreakerWatch;
  readonly events: GameEvent[];
  /** The alerts since the fault, by their text. */
  readonly fired: Map<string, Alert>;
  /** Every set of causes that the player named. */
  readonly named: (readonly string[])[];
  /** Actions on healthy parts, in words. */
  readonly harm: string[];
  /** Start of the load and of the fault, and the time when no alert fired again. */
  readonly times: { readonly from: number; fault?: number; restored?: number };
  /** Resolves when the game ends: the cause is named and the store is restored, the player stops it, or time is up. */
  readonly over: Promise<void>;
  readonly end: (reason: string) => void;
  /** Adds a line to the timeline, and shows it to the player. */
  readonly record: (what: string) => void;
}

export interface GameOptions {
  readonly schedule: Schedule;
  readonly database: 'postgres' | 'pglite';
  readonly ports: Ports;
  readonly publicPort: number;
  readonly logs: string;
  readonly onEvent?: (what: string) => void;
}

/** Time in which all reads must be complete, so that the store counts as restored, in milliseconds. */
const CALM_MS = 3000;
const SETTLES_MS = 16_000;

/** Starts a store with load and its control socket. Resolves when its pages are complete, before the fault. */
export async function startGame(options: GameOptions, stops: Stops): Promise<Game> {
  const { schedule, database, ports, publicPort, logs, onEvent } = options;
  // The fault injection of the services would show its own faults only. Off, it shows no list of scenarios either.
  const env = { FAULTS_ENABLED: 'false' };
  const store = await startChaosStore({ database, logs, ports, env }, stops);
  const breakers = stops.add(watchBreakers(store.url));
  const traffic = trafficOn(store, seeded(schedule.seed), stops);
  await traffic.open();
  stops.add(startOrders(store.url));
  await traffic.calm(() => breakers.notClosed().length === 0, SETTLES_MS);
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const events: GameEvent[] = [];
  const record = (what: string): void => {
    events.push({ at: performance.now(), what });
    onEvent?.(what);
  };
  const game: Game = {
    schedule,
    store,
    logs,
    traffic,
    breakers,
    events,
    fired: new Map(),
    named: [],
    harm: [],
    times: { from: performance.now() },
    monitor: stops.add(startMonitor(store, (alerts) => watch(game, alerts))),
    over,
    record,
    end: (reason) => {
      // The first reason counts.
      if (!isOver) record(reason);
      isOver = true;
      resolve();
    },
  };
  stops.add(await startControl(publicPort, (line) => executeInGame(game, line)));
  return game;
}

/** Begins the hidden faults after the wait of the schedule, and ends the game when its time is up. */
export async function runGame(game: Game, maxMs: number): Promise<void> {
  const { schedule, store, times, over } = game;
  await Promise.race([sleep(schedule.waitMs, undefined, { ref: false }), over]);
  times.fault = performance.now();
  for (const name of schedule.hidden) await causes[name]?.fault.begin(store);
  const timeUp = sleep(maxMs, 'up', { ref: false });
  if ((await Promise.race([over, timeUp])) === 'up') game.end('the time is up');
}

/** Follows the alerts. The store is restored when none fires any more and all reads of the last seconds are complete. */
function watch(game: Game, alerts: { readonly new: readonly Alert[]; readonly all: readonly Alert[] }): void {
  const { times, traffic, fired, schedule } = game;
  if (times.fault === undefined) return;
  for (const alert of alerts.new) {
    game.record(`alert: ${formatAlert(alert)}`);
    fired.set(formatAlert(alert), alert);
  }
  const isCalm =
    alerts.all.length === 0 && traffic.lately(CALM_MS).every(({ outcome }) => outcome === 'good');
  if (!isCalm || fired.size === 0) delete times.restored;
  else times.restored ??= performance.now();
  if (times.restored !== undefined && isFound(schedule.hidden, game.named.at(-1)))
    game.end('the cause is named and the store is restored');
}

/** Ends all faults, waits for the orders in flight and resolves with those that were lost or placed twice. */
export async function closeGame({ schedule, store, traffic }: Game): Promise<Discrepancies> {
  for (const name of schedule.hidden) await causes[name]?.fault.end?.(store);
  await store.local.stop();
  for (const { supervisor } of store.parts) {
    supervisor.kill('SIGCONT');
    supervisor.start();
    await supervisor.ready();
  }
  await setBreaker(store.url, 'catalog', 'auto');
  return traffic.close();
}
