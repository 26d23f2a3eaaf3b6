import { eventually } from '../../support/eventually.ts';
import { pause } from '../exactly-once/client.ts';
import type { Step } from '../experiment.ts';
import { type CallCounts, amplification, callsTo, fetchMetrics } from './call-counts.ts';
import { wholeAgainS } from './timeline.ts';
import type { Stage, StoreExperiment } from './design.ts';
import type { StageResult } from './findings.ts';
import type { ExpectedSignal, Observer } from './expected-signals.ts';
import type { ChaosStore } from './start-store.ts';
import type { Visit } from './visits.ts';

/** Longest time until a fault is active, in milliseconds: the next request must meet it. */
const TAKES_HOLD_MS = 10_000;
/** Time by which a fault outlives its stage if it is not ended, in milliseconds. */
const TTL_MARGIN_MS = 20_000;
/** Shortest time in which attempts are counted, in milliseconds: the retry budget covers ten seconds. */
const AMPLIFIED_MS = 10_000;

/** The system that a stage runs on, and its observers. */
export interface Scene {
  readonly store: ChaosStore;
  readonly bounds: StoreExperiment['bounds'];
  readonly visits: readonly Visit[];
  /** Receives a description of the current step. */
  readonly onDoing: (doing: string) => void;
  readonly onDone: (result: StageResult) => void;
}

/** The steps while a fault is active, until pages are complete again. */
export async function* runStage(
  { faults, lastsMs, shows, ...stage }: Stage,
  scene: Scene,
): AsyncGenerator<Step> {
  const { store, bounds, visits, onDoing, onDone } = scene;
  const upstream = stage.upstream ?? bounds.amplification?.upstream;
  const readCallCounts = async (): Promise<CallCounts> =>
    bounds.amplification && upstream !== undefined
      ? callsTo(await fetchMetrics(store.url), upstream)
      : { attempts: 0, calls: 0 };
  const name = faults.map((fault) => fault.name).join(' + ');
  const ttlMs = lastsMs + TTL_MARGIN_MS;
  const from = performance.now();
  const before = await readCallCounts();
  const shownBefore = await countSignals(shows, scene);
  for (const fault of faults) {
    let isThere = async (): Promise<boolean> => false;
    yield {
      name: fault.name,
      act: async () => {
        onDoing(name);
        isThere = await fault.begin(store, ttlMs);
      },
      confirm: () => becomesTrue(isThere),
    };
  }
  yield { name: `hold for ${lastsMs / 1000} s`, act: (signal) => pause(lastsMs, signal) };
  let attemptsPerCall = amplification(before, await readCallCounts());
  for (const fault of faults) {
    const { end } = fault;
    if (end) yield { name: `end: ${fault.name}`, act: () => end(store) };
  }
  const to = performance.now();
  onDoing(`after ${name}`);
  yield {
    name: 'pages are whole again',
    act: async (signal) => {
      const until = to + bounds.wholeAgainS * 1000;
      let found = wholeAgainS(visits, to);
      while (found === undefined && performance.now() < until && !signal.aborted) {
        await pause(200, signal);
        found = wholeAgainS(visits, to);
      }
      // The effects of a fault that was over at once continue.
      if (lastsMs === 0 && bounds.amplification) {
        await pause(from + AMPLIFIED_MS - performance.now(), signal);
        attemptsPerCall = amplification(before, await readCallCounts());
      }
      const shown = await countSignals(shows, scene);
      onDone({
        name,
        from,
        to,
        visits: visits.filter(({ at }) => at >= from),
        wholeAgainS: found,
        attemptsPerCall,
        shown: new Map(shows.map((sign, nth) => [sign.name, shown[nth]! - shownBefore[nth]!])),
      });
      // A killed part must run before the next stage.
      for (const { supervisor } of store.parts) await supervisor.ready().catch(() => undefined);
    },
  };
}

const countSignals = (signs: readonly ExpectedSignal[], observer: Observer): Promise<number[]> =>
  Promise.all(signs.map(async (sign) => sign.count(observer)));

/** Returns whether the condition becomes true within a while. A check that fails counts as false. */
const becomesTrue = (look: () => Promise<boolean>): Promise<boolean> =>
  eventually(async () => {
    if (!(await look())) throw new Error('not yet');
    return true;
  }, TAKES_HOLD_MS).catch(() => false);
