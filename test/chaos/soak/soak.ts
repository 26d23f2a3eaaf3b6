import type { Stops } from '../../../deploy/local/stops.ts';
import { pause } from '../exactly-once/client.ts';
import { type Ledger, reconcile } from '../exactly-once/reconcile.ts';
import type { Experiment, Settings, Step, Trial } from '../experiment.ts';
import { seeded } from '../random.ts';
import { mends } from '../store/faults.ts';
import { type ChaosStore, partOf, startChaosStore } from '../store/start-store.ts';
import { Toggling, soakFaults } from './faults.ts';
import {
  SERVICES,
  type Sample,
  type Service,
  findingsOf,
  hypothesis,
  plotsOf,
  tablesOf,
} from './findings.ts';
import { inspectorUrl } from './inspector.ts';
import { type Shop, readShop } from './mix.ts';
import { Orders } from './orders.ts';
import { type OnAnswer, lap, visit } from './visitors.ts';
import { type Vitals, vitalsOf } from './vitals.ts';

const VISITORS = 12;
const ROUNDS = 20;
/** A shorter run has longer rounds, or its calm would outlast it. */
const FEW = { requests: 200_000, rounds: 10 };
/** The share of a round's requests that may go to its calm lap. */
const LAP_SHARE = 1 / 4;
/** How long all is calm before a look, in milliseconds: connections of a pool live for 30 s, then idle ones are closed. */
const CALM_MS = 32_000;
/** Until what is under way when the last answer came is done, in milliseconds. */
const DONE_MS = 1000;
const SILENCE_MS = 60_000;

export const soak: Experiment = {
  name: 'soak',
  title: 'Does anything stay behind of very many requests, while things fail and come back?',
  expected:
    'No: once the first tenth has filled the caches, heap and handles are what they were then, whatever failed ' +
    'meanwhile. Every request has an answer, nothing dies, and each order is placed once.',
  prepare: async (settings, stops) => {
    const inspectors = new Map<string, string>();
    const store = await startChaosStore(
      {
        database: settings.database,
        logs: `.data/chaos/soak/${settings.database}-${settings.seed}`,
        env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' },
        onLine: (part, line) => {
          const url = inspectorUrl(line);
          if (url !== undefined) inspectors.set(part, url);
        },
      },
      stops,
    );
    return trialOf(store, settings, inspectors, stops);
  },
};

async function trialOf(
  store: ChaosStore,
  settings: Settings,
  inspectors: ReadonlyMap<string, string>,
  stops: Stops,
): Promise<Trial> {
  const random = seeded(settings.seed);
  const total = settings.requests;
  const rounds = total < FEW.requests ? FEW.rounds : ROUNDS;
  const end = new AbortController();
  stops.add({ stop: async () => end.abort() });
  const toggling = new Toggling(store, soakFaults(settings.database), random);
  const samples: Sample[] = [];
  const statuses = new Map<string, number>();
  const unanswered: string[] = [];
  const internalErrors: string[] = [];
  const died = new Set<string>();
  const pids = new Map<string, number | undefined>();
  let sent = 0;
  let round = 0;
  let degradedWhileCalm = 0;
  let baseline: Ledger | undefined;
  let shop: Shop | undefined;
  let orders: Orders | undefined;
  let doing = 'all is well';
  let startedAt = performance.now();
  let answeredAt = Number.POSITIVE_INFINITY;
  let lately = { at: performance.now(), sent: 0, perSecond: 0 };

  const count = (kind: string): void => void statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
  const onAnswer: OnAnswer = ({ status, degraded }, { method, path }) => {
    sent += 1;
    count(`answers: ${status}${degraded ? ', degraded' : ''}`);
    if (status === 'unanswered') unanswered.push(`${method} ${path}, during: ${doing}, ${toggling.current}`);
    else answeredAt = performance.now();
    if (status === 500) internalErrors.push(`${method} ${path}`);
  };
  const lookForDead = (): void => {
    for (const { name, supervisor } of store.parts) {
      if (supervisor.pid !== pids.get(name)) died.add(name);
    }
  };
  const vitals = (service: Service): Promise<Vitals> => {
    const { pid } = partOf(store, service).supervisor;
    const url = inspectors.get(service);
    if (pid === undefined || url === undefined) throw new Error(`${service} cannot be looked at`);
    return vitalsOf(pid, url);
  };
  const open = async (): Promise<void> => {
    // Reading the ledger of an embedded database starts catalog anew.
    baseline = await store.readLedger();
    shop = await readShop(store.url, Math.floor((total / rounds) * LAP_SHARE));
    orders = new Orders(store.url, total, baseline, random, () => {
      sent += 1;
      count('attempts at orders');
    });
    for (const { name, supervisor } of store.parts) pids.set(name, supervisor.pid);
    startedAt = performance.now();
  };

  const load = async (until: number, signal: AbortSignal): Promise<void> => {
    const goesOn = (): boolean => sent < until && !signal.aborted;
    const done = new AbortController();
    const broken = toggling.run(AbortSignal.any([signal, done.signal]));
    await Promise.all([
      visit(store.url, VISITORS, { shop: shop!, random: random.fork(), goesOn, onAnswer }),
      orders!.run(goesOn, signal),
    ]);
    done.abort();
    await broken;
  };
  const look = async (signal: AbortSignal): Promise<void> => {
    doing = 'calm';
    await lap(store.url, shop!, CALM_MS, {
      goesOn: () => !signal.aborted,
      onAnswer: (answered, asked) => {
        onAnswer(answered, asked);
        if (answered.degraded) degradedWhileCalm += 1;
      },
    });
    await pause(DONE_MS, signal);
    lookForDead();
    if (signal.aborted) return;
    const seen = [];
    for (const service of SERVICES) seen.push([service, await vitals(service)]);
    samples.push({ requests: sent, of: Object.fromEntries(seen) as Sample['of'] });
  };

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    const ended = AbortSignal.any([signal, end.signal]);
    answeredAt = performance.now();
    for (round = 1; round <= rounds; round++) {
      const until = Math.floor((total * round) / rounds);
      const name = `round ${round} of ${rounds}`;
      yield {
        name: `${name}: things fail and come back`,
        act: () => {
          doing = name;
          return load(until - shop!.films.length - 1, ended);
        },
      };
      yield { name: `${name}: all is calm, after ${sent} requests`, act: () => look(ended) };
    }
  }

  return {
    hypothesis,
    observe: async () => {
      if (!baseline) await open();
      else lookForDead();
      const books = reconcile({
        receipts: orders!.receipts,
        stockBefore: baseline!.stock,
        ledger: samples.length === 0 ? baseline! : await store.readLedger(),
        feed: [],
      });
      const neverBroken = samples.length === 0 ? [] : toggling.neverThere;
      return findingsOf({
        samples,
        requests: total,
        died: [...died],
        unanswered,
        internalErrors,
        neverBroken,
        books,
      });
    },
    method,
    rollbacks: mends.map(({ name, mend }) => ({ name, act: () => mend(store) })),
    abort: {
      name: `nothing was answered for ${SILENCE_MS / 1000} s`,
      when: () => performance.now() - answeredAt > SILENCE_MS,
    },
    progress: () => {
      const now = performance.now();
      if (now - lately.at > 1000)
        lately = { at: now, sent, perSecond: ((sent - lately.sent) * 1000) / (now - lately.at) };
      const leftMs = ((now - startedAt) / sent) * (total - sent);
      const heaps = SERVICES.map(
        (service) => `${service} ${samples.at(-1)?.of[service].heapMiB.toFixed(1) ?? '–'}`,
      );
      return [
        `${doing} of ${rounds}`.replace('calm of', 'calm,').replace(/ of \d+ of/, ' of'),
        `${sent} of ${total} requests, ${lately.perSecond.toFixed(0)}/s, ${(leftMs / 60_000).toFixed(0)} min left`,
        toggling.current ?? 'all is well',
        `heap: ${heaps.join(', ')} MiB`,
      ].join(' │ ');
    },
    figures: () => ({
      requests: sent,
      'at a time': VISITORS + 1,
      films: shop?.films.length ?? 0,
      'orders placed': orders?.placed ?? 0,
      'orders refused, out of stock': orders?.outOfStock ?? 0,
      'orders not answered': orders?.receipts.filter(({ answers }) => answers.length === 0).length ?? 0,
      'kinds of fault': toggling.all.length,
      'faults begun': toggling.begun,
      'faults that could not be begun or ended': toggling.failed,
      'degraded pages of calm laps': degradedWhileCalm,
      ...Object.fromEntries([...statuses].toSorted(([a], [b]) => a.localeCompare(b))),
    }),
    tables: () => tablesOf(samples),
    plots: () => plotsOf(samples),
  };
}
