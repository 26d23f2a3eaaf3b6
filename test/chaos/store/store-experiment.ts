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
import { runStage } from './stage.ts';
import { type ChaosStore, startChaosStore } from './start-store.ts';
import { toFigures, formatProgress } from './summary.ts';
import { RPS, trafficOn } from './traffic.ts';

/** Longest wait for complete pages at the start: a new service is slow, and its timeouts must adapt. */
const SETTLES_MS = 16_000;
const LOOK_BACK_MS = 5000;
const MIN_SERVED_FRACTION = 0.5;

/** An experiment with its own store. */
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

/** An experiment with a running store. */
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
  let doing = 'pages are complete';
  const expected = new Set(
    Object.entries(design.degrades).flatMap(([feature, reasons]) =>
      reasons.map((reason) => `${feature};${reason}`),
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
      yield* runStage(stage, scene);
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
        // Orders are in flight, so their results are not known yet.
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
      name: `fewer than ${MIN_SERVED_FRACTION * 100} % of the reads of ${LOOK_BACK_MS / 1000} s were served in time`,
      when: () => {
        const seen = traffic.lately(LOOK_BACK_MS);
        return seen.length > RPS && servedShare(seen) < MIN_SERVED_FRACTION;
      },
    },
    progress: () => formatProgress(doing, traffic, breakers),
    figures: () => toFigures(traffic),
    tables: () => [toTable(results)],
    plots: () => toPlots(traffic.visits, results, breakers.faultPeriods),
  };
}
