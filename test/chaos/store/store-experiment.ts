import { setTimeout as sleep } from 'node:timers/promises';
import { productIndex } from '#libs/contracts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { eventually } from '../../support/eventually.ts';
import { type Discrepancies, type Ledger, reconcile } from '../exactly-once/reconcile.ts';
import type { Experiment, Settings, Step, Trial } from '../experiment.ts';
import { seeded } from '../random.ts';
import { watchBreakers } from './breakers.ts';
import { type Asked, amplification, askedOf, metricsOf } from './counted.ts';
import { type Spell, percentileMs, plotsOf, servedShare, tally, wholeAgainS } from './course.ts';
import { type Customer, startCustomer } from './customers.ts';
import type { Stage, StoreExperiment } from './design.ts';
import { mends } from './faults.ts';
import { type StageResult, findingsOf, hypothesisOf, tableOf } from './findings.ts';
import { type ChaosStore, startChaosStore } from './start-store.ts';
import { type Visit, visitPages } from './visits.ts';

/** Reads a second, besides about two orders. */
const RPS = 30;
const FILMS = 20;
const WARM_UP_ROUNDS = 3;
const CALM_MS = 2000;
/** How often calm is waited for: a service that was just started is slow, and its timeouts have to be learnt. */
const CALM_ROUNDS = 8;
/** How long a fault may take to be there, in milliseconds: the next request has to meet it. */
const TAKES_HOLD_MS = 10_000;
/** By how much a fault outlives its stage where nobody ends it, in milliseconds. */
const TTL_MARGIN_MS = 20_000;
/** How long orders under way have when all is well again, in milliseconds. */
const ORDERS_END_MS = 30_000;
/** How long attempts are counted at least, in milliseconds: their budget is one of ten seconds. */
const AMPLIFIED_MS = 10_000;
const LOOK_BACK_MS = 5000;
const GIVE_UP_SHARE = 0.5;

/** An experiment with a store of its own. */
export const experimentOf = (design: StoreExperiment): Experiment => ({
  name: design.name,
  title: design.title,
  expected: design.expected,
  prepare: async (settings, stops) => {
    const { name, regions } = design;
    const store = await startChaosStore(
      {
        // Two catalogs can only share a server.
        database: regions ? 'postgres' : settings.database,
        logs: `.data/chaos/${name}/${settings.database}-${settings.seed}`,
        ...(regions && { regions }),
      },
      stops,
    );
    return trialOf(design, store, settings, stops);
  },
});

/** The experiment with a store that stands. */
export async function trialOf(
  design: StoreExperiment,
  store: ChaosStore,
  settings: Settings,
  stops: Stops,
): Promise<Trial> {
  const { bounds } = design;
  const random = seeded(settings.seed);
  const visits: Visit[] = [];
  const stages: StageResult[] = [];
  const breakers = stops.add(watchBreakers(store.url));
  const end = new AbortController();
  let visiting = Promise.resolve();
  stops.add({
    stop: async () => {
      end.abort();
      await visiting;
    },
  });
  let customer: Customer | undefined;
  let baseline: Ledger | undefined;
  let doing = 'all is well';

  const readAsked = async (): Promise<Asked> =>
    bounds.amplification
      ? askedOf(await metricsOf(store.url), bounds.amplification.upstream)
      : { attempts: 0, calls: 0 };
  const lately = (ms: number): Visit[] => {
    const from = performance.now() - ms;
    return visits.filter(({ at }) => at >= from);
  };
  const visitsOf = ({ from, to }: Spell): Visit[] => visits.filter(({ at }) => at >= from && at < to);
  const expected = new Set(
    Object.entries(design.degrades).flatMap(([feature, reasons]) =>
      reasons.map((why) => `${feature};${why}`),
    ),
  );

  const open = async (): Promise<void> => {
    baseline = await store.readLedger();
    const films = await filmsOf(store);
    await warmUp(store, films);
    visiting = visitPages(
      store.url,
      films,
      { rps: RPS, signal: end.signal },
      (visit) => void visits.push(visit),
    );
    customer = startCustomer(store.url, random.fork(), baseline, end.signal);
    for (let round = 0; round < CALM_ROUNDS; round++) {
      await sleep(CALM_MS);
      if (lately(CALM_MS).every(({ answer }) => answer === 'good')) break;
    }
  };
  const close = async (): Promise<void> => {
    end.abort();
    await Promise.all([visiting, customer?.close()]);
  };

  async function* stageSteps({ faults, lastsMs }: Stage): AsyncGenerator<Step> {
    const name = faults.map((fault) => fault.name).join(' + ');
    const ttlMs = lastsMs + TTL_MARGIN_MS;
    const from = performance.now();
    const before = await readAsked();
    for (const fault of faults) {
      let isThere = async (): Promise<boolean> => false;
      yield {
        name: fault.name,
        act: async () => {
          doing = name;
          isThere = await fault.begin(store, ttlMs);
        },
        confirm: () => becomesTrue(isThere),
      };
    }
    yield { name: `so it is left for ${lastsMs / 1000} s`, act: (signal) => pause(lastsMs, signal) };
    let attemptsPerCall = amplification(before, await readAsked());
    for (const fault of faults) {
      const { end } = fault;
      if (end) yield { name: `no more: ${fault.name}`, act: () => end(store) };
    }
    const to = performance.now();
    doing = `after ${name}`;
    yield {
      name: 'answers are whole again',
      act: async (signal) => {
        const until = to + bounds.wholeAgainS * 1000;
        let found = wholeAgainS(visits, to);
        while (found === undefined && performance.now() < until && !signal.aborted) {
          await pause(200, signal);
          found = wholeAgainS(visits, to);
        }
        // What was over at once is still felt.
        if (lastsMs === 0 && bounds.amplification) {
          await pause(from + AMPLIFIED_MS - performance.now(), signal);
          attemptsPerCall = amplification(before, await readAsked());
        }
        stages.push({
          name,
          from,
          to,
          visits: visitsOf({ name, from, to: performance.now() }),
          wholeAgainS: found,
          attemptsPerCall,
        });
        // Whoever was killed has to be there before the next.
        for (const { supervisor } of store.parts) await supervisor.ready().catch(() => undefined);
      },
    };
  }

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    for (const stage of design.stages(random.fork(), settings)) {
      if (signal.aborted || stages.some((done) => done.wholeAgainS === undefined)) break;
      yield* stageSteps(stage);
    }
    yield {
      name: 'what was ordered is answered',
      act: (signal) => Promise.race([customer!.close(), pause(ORDERS_END_MS, signal)]),
    };
  }

  const booksOf = (ledger: Ledger): Discrepancies => {
    const known = new Set(baseline!.orders.map(({ id }) => id));
    return reconcile({
      receipts: customer?.receipts() ?? [],
      stockBefore: baseline!.stock,
      ledger: { ...ledger, orders: ledger.orders.filter(({ id }) => !known.has(id)) },
      feed: [],
    });
  };
  return {
    hypothesis: hypothesisOf(bounds),
    observe: async () => {
      if (customer) {
        await close();
        const broken = stages.length === 0 ? visits : stages.flatMap((stage) => stage.visits);
        return findingsOf({ broken, stages, expected, books: booksOf(await store.readLedger()) });
      }
      await open();
      // Orders are under way, and nobody can say yet what they come to.
      return findingsOf({ broken: lately(CALM_MS), stages: [], expected });
    },
    method,
    rollbacks: mends.map(({ name, mend }) => ({ name, act: () => mend(store) })),
    abort: {
      name: `fewer than ${GIVE_UP_SHARE * 100} % of the reads of ${LOOK_BACK_MS / 1000} s were answered in time`,
      when: () => {
        const seen = lately(LOOK_BACK_MS);
        return seen.length > RPS && servedShare(seen) < GIVE_UP_SHARE;
      },
    },
    progress: () => {
      const seen = lately(1000);
      const count = (answer: Visit['answer']) => seen.filter((visit) => visit.answer === answer).length;
      const answers = (['good', 'degraded', 'shed', 'failed'] as const).map(
        (each) => `${count(each)} ${each}`,
      );
      const state = breakers.notClosed().join(', ') || 'breakers closed';
      return `${doing} │ ${answers.join(' ')} │ p99 ${percentileMs(seen, 0.99).toFixed(0)} ms │ ${state}`;
    },
    figures: () => ({
      reads: visits.length,
      ...Object.fromEntries(
        (['good', 'degraded', 'shed', 'failed'] as const).map((each) => [
          `reads answered: ${each}`,
          visits.filter(({ answer }) => answer === each).length,
        ]),
      ),
      'orders accepted': (customer?.receipts() ?? []).filter(({ answers }) => answers.at(-1)?.status === 201)
        .length,
      'orders not answered': (customer?.receipts() ?? []).filter(({ answers }) => answers.length === 0)
        .length,
      ...Object.fromEntries(tally(visits).map(([part, count]) => [`told: ${part}`, count])),
    }),
    tables: () => [tableOf(stages)],
    plots: () => plotsOf(visits, stages, breakers.spells),
  };
}

async function filmsOf({ url }: ChaosStore): Promise<string[]> {
  const response = await fetch(`${url}/api/products?limit=${FILMS}`);
  return productIndex.parse(await response.json()).items.map(({ id }) => id);
}

/** What was asked for once is known from then on, by gateway and Redis. */
async function warmUp({ url }: ChaosStore, films: readonly string[]): Promise<void> {
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    for (const path of ['/api/home', ...films.map((film) => `/api/products/${film}`)])
      await (await fetch(url + path)).arrayBuffer();
  }
}

/** Whether it does within a while; a look that fails is none. */
const becomesTrue = (look: () => Promise<boolean>): Promise<boolean> =>
  eventually(async () => {
    if (!(await look())) throw new Error('not yet');
    return true;
  }, TAKES_HOLD_MS).catch(() => false);

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
