import type { Stops } from '../../../deploy/local/stops.ts';
import type { Experiment, Settings, Step, Trial } from '../experiment.ts';
import { seeded } from '../random.ts';
import { watchBreakers } from './breakers.ts';
import { toPlots, servedShare } from './timeline.ts';
import type { StoreExperiment } from './design.ts';
import { mends } from './faults.ts';
import {
  type StageResult,
  toTolerances,
  toObservations,
  toHypothesis,
  toSignalCounts,
  toTable,
} from './findings.ts';
import { stepsOf } from './stage.ts';
import { type ChaosStore, startChaosStore } from './start-store.ts';
import { toFigures, formatProgress } from './summary.ts';
import { RPS, trafficOn } from './traffic.ts';

/** How long calm is waited for at first: a service that was just started is slow, and its timeouts have to be learnt. */
const SETTLES_MS = 16_000;
const LOOK_BACK_MS = 5000;
const GIVE_UP_SHARE = 0.5;

/** An experiment with a store of its own. */
export const toExperiment = (design: StoreExperiment): Experiment => ({
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
    return startTrial(design, store, settings, stops);
  },
});

/** The experiment with a store that stands. */
export async function startTrial(
  design: StoreExperiment,
  store: ChaosStore,
  settings: Settings,
  stops: Stops,
): Promise<Trial> {
  const { bounds } = design;
  const random = seeded(settings.seed);
  const breakers = stops.add(watchBreakers(store.url));
  const traffic = trafficOn(store, random.fork(), stops);
  const stages = design.stages(random.fork(), settings);
  const results: StageResult[] = [];
  const isWell = (): boolean => breakers.notClosed().length === 0;
  let isOpen = false;
  let doing = 'all is well';
  const expected = new Set(
    Object.entries(design.degrades).flatMap(([feature, reasons]) =>
      reasons.map((why) => `${feature};${why}`),
    ),
  );
  const scene = {
    store,
    bounds,
    visits: traffic.visits,
    onDoing: (now: string): void => void (doing = now),
    onDone: (result: StageResult): void => void results.push(result),
  };

  async function* method(signal: AbortSignal): AsyncGenerator<Step> {
    for (const stage of stages) {
      if (signal.aborted || results.some((done) => done.wholeAgainS === undefined)) break;
      yield* stepsOf(stage, scene);
    }
  }

  return {
    hypothesis: toHypothesis(bounds),
    demands: toTolerances(stages),
    observe: async () => {
      if (!isOpen) {
        isOpen = true;
        await traffic.open();
        const calm = await traffic.calm(isWell, SETTLES_MS);
        // Orders are under way, and nobody can say yet what they come to.
        return toObservations({ calm, notClosed: breakers.notClosed(), broken: calm, stages: [], expected });
      }
      const calm = await traffic.calm(isWell, bounds.wholeAgainS * 1000);
      const notClosed = breakers.notClosed();
      const books = await traffic.close();
      const broken = results.length === 0 ? traffic.visits : results.flatMap(({ visits }) => visits);
      return {
        ...toObservations({ calm, notClosed, broken, stages: results, expected, books }),
        ...toSignalCounts(stages, results),
      };
    },
    method,
    rollbacks: mends.map(({ name, mend }) => ({ name, act: () => mend(store) })),
    abort: {
      name: `fewer than ${GIVE_UP_SHARE * 100} % of the reads of ${LOOK_BACK_MS / 1000} s were answered in time`,
      when: () => {
        const seen = traffic.lately(LOOK_BACK_MS);
        return seen.length > RPS && servedShare(seen) < GIVE_UP_SHARE;
      },
    },
    progress: () => formatProgress(doing, traffic, breakers),
    figures: () => toFigures(traffic),
    tables: () => [toTable(results)],
    plots: () => toPlots(traffic.visits, results, breakers.faultPeriods),
  };
}
