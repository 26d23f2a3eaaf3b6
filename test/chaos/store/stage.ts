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

/** How long a fault may take to be there, in milliseconds: the next request has to meet it. */
const TAKES_HOLD_MS = 10_000;
/** By how much a fault outlives its stage where nobody ends it, in milliseconds. */
const TTL_MARGIN_MS = 20_000;
/** How long attempts are counted at least, in milliseconds: their budget is one of ten seconds. */
const AMPLIFIED_MS = 10_000;

/** What a stage is carried out on, and who hears of it. */
export interface Scene {
  readonly store: ChaosStore;
  readonly bounds: StoreExperiment['bounds'];
  readonly visits: readonly Visit[];
  /** Hears what is going on now. */
  readonly onDoing: (doing: string) => void;
  readonly onDone: (result: StageResult) => void;
}

/** What is done and looked at while something is broken, and until answers are whole again. */
export async function* stepsOf({ faults, lastsMs, shows }: Stage, scene: Scene): AsyncGenerator<Step> {
  const { store, bounds, visits, onDoing, onDone } = scene;
  const readCallCounts = async (): Promise<CallCounts> =>
    bounds.amplification
      ? callsTo(await fetchMetrics(store.url), bounds.amplification.upstream)
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
  yield { name: `so it is left for ${lastsMs / 1000} s`, act: (signal) => pause(lastsMs, signal) };
  let attemptsPerCall = amplification(before, await readCallCounts());
  for (const fault of faults) {
    const { end } = fault;
    if (end) yield { name: `no more: ${fault.name}`, act: () => end(store) };
  }
  const to = performance.now();
  onDoing(`after ${name}`);
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
      // Whoever was killed has to be there before the next.
      for (const { supervisor } of store.parts) await supervisor.ready().catch(() => undefined);
    },
  };
}

const countSignals = (signs: readonly ExpectedSignal[], observer: Observer): Promise<number[]> =>
  Promise.all(signs.map(async (sign) => sign.count(observer)));

/** Whether it does within a while; a look that fails is none. */
const becomesTrue = (look: () => Promise<boolean>): Promise<boolean> =>
  eventually(async () => {
    if (!(await look())) throw new Error('not yet');
    return true;
  }, TAKES_HOLD_MS).catch(() => false);
