import { services } from '../../deploy/local/services.ts';
import type { Stoppable } from '../../deploy/local/stops.ts';
import { type ChaosStore, findPart } from '../chaos/store/start-store.ts';
import { type Alert, findAlerts, formatAlert } from './alerts.ts';
import { type BudgetSample, readBudgets } from './budget.ts';
import { type Metrics, MetricsWindow, type Scrape, parseMetrics } from './metrics-window.ts';

const INTERVAL_MS = 1000;
const SCRAPE_TIMEOUT_MS = 1500;
/** Scrapes in the window of the alerts: ten seconds. */
const WINDOW = 10;
/** Times in a row that a condition must hold before its alert fires. */
const FOR = 2;

/** Reads the metrics of all services every second, like Prometheus, and computes alerts and error budgets. */
export interface Monitor extends Stoppable {
  readonly alerts: () => readonly Alert[];
  readonly budgets: readonly BudgetSample[];
}

export type OnAlerts = (alerts: { readonly new: readonly Alert[]; readonly all: readonly Alert[] }) => void;

export function startMonitor(store: ChaosStore, onAlerts: OnAlerts): Monitor {
  const scrapes: Scrape[] = [];
  const budgets: BudgetSample[] = [];
  const held = new Map<string, number>();
  let firing: readonly Alert[] = [];
  const look = async (): Promise<void> => {
    const read = await Promise.all(
      services.map(async ({ name }) => [name, await scrape(findPart(store, name).port)] as const),
    );
    const newest = { at: performance.now(), services: new Map(read) };
    scrapes.push(newest);
    if (scrapes.length > WINDOW) scrapes.shift();
    budgets.push(readBudgets(newest));
    const found = findAlerts(new MetricsWindow(scrapes));
    const keys = new Set(found.map(formatAlert));
    for (const key of held.keys()) if (!keys.has(key)) held.delete(key);
    for (const key of keys) held.set(key, (held.get(key) ?? 0) + 1);
    const before = new Set(firing.map(formatAlert));
    firing = found.filter((alert) => held.get(formatAlert(alert))! >= FOR);
    onAlerts({ new: firing.filter((alert) => !before.has(formatAlert(alert))), all: firing });
  };
  let looking = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    looking = look().finally(() => {
      isBusy = false;
    });
  }, INTERVAL_MS);
  return {
    alerts: () => firing,
    budgets,
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** `undefined` if the service does not respond. */
const scrape = (port: number): Promise<Metrics | undefined> =>
  fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(SCRAPE_TIMEOUT_MS) })
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error('no metrics'))))
    .then(parseMetrics)
    .catch(() => undefined);
