import { setTimeout as sleep } from 'node:timers/promises';
import { Stops } from '../../../deploy/local/stops.ts';
import { startUpstreams as startStandIns } from '../gateway.ts';
import { now } from '../now.ts';
import { startSubject as startShop } from '../overload/subjects.ts';
import { type Cell, toFigures } from './cell.ts';
import { type Subject, toUpstreamEnv } from './defenses.ts';
import { OVERLOAD } from './faults.ts';
import { inBatches } from './in-batches.ts';
import { type Target, send } from './load.ts';
import { warmUp } from './warm-up.ts';
import type { Run } from './measure-fault.ts';
import { compileGateways, startSubject } from './start-subject.ts';
import type { Received } from './upstreams.ts';

/** Times in seconds and requests per second for each gateway. The catalog handles 100 calls per second. */
export const OVERLOAD_LOAD = { rps: 20, overloadRps: 300, warmUpS: 5, faultS: 8, recoveryS: 10 };
/** Subjects that are measured side by side: more would overload the machine itself. */
const AT_ONCE = 2;
/** Time until requests of visitors who have left no longer occupy the catalog. */
const SETTLE_MS = 2000;

/** Measures the subjects under more load than their catalog can handle, a few at a time. */
export async function measureOverload(run: Omit<Run, 'load'>, load = OVERLOAD_LOAD): Promise<Cell[]> {
  const { subjects, seed, round, report } = run;
  const cells: Cell[] = [];
  for (let first = 0; first < subjects.length; first += AT_ONCE) {
    report(`${OVERLOAD}: subject ${first + 1} of ${subjects.length}`);
    const side = subjects.slice(first, first + AT_ONCE);
    cells.push(...(await measureSideBySide(side, { seed, round }, load)));
  }
  return cells;
}

async function measureSideBySide(
  subjects: readonly Subject[],
  { seed, round }: Pick<Run, 'seed' | 'round'>,
  load: typeof OVERLOAD_LOAD,
): Promise<Cell[]> {
  const stops = new Stops();
  try {
    const compiled = compileGateways();
    const started = await inBatches(subjects, AT_ONCE, async (subject) => {
      const env = { ...toUpstreamEnv(subject), LOG_LEVEL: 'silent' };
      const catalog = await startShop({ name: 'catalog', env }, stops);
      const { urls } = await startStandIns(stops);
      const addresses = { ...urls, CATALOG_URL: catalog };
      return { catalog, target: await startSubject(subject, compiled[subject.kind], addresses, stops) };
    });
    const targets = started.map(({ target }): Target => target);
    const phase = (name: string, rps: number, seconds: number) => ({ rps, seconds, seed, phase: name });
    await warmUp(targets, phase('warm-up', load.rps, load.warmUpS));
    const from = now();
    const during = send(targets, phase('fault', load.overloadRps, load.faultS));
    await sleep(load.faultS * 1000);
    const to = now();
    const after = await send(targets, phase('recovery', load.rps, load.recoveryS));
    const until = now();
    const results = await during;
    await sleep(SETTLE_MS);
    return await Promise.all(
      started.map(async ({ catalog }, index) => {
        const { arrivals, placed } = (await (await fetch(`${catalog}/received`)).json()) as Received;
        const calls = arrivals.filter((at) => at >= from && at < to).length;
        const figures = toFigures({
          results: [...results[index]!, ...after[index]!],
          from,
          to,
          until,
          calls,
          placed,
        });
        return { fault: OVERLOAD, subject: subjects[index]!.name, round, figures };
      }),
    );
  } finally {
    await stops.stop();
  }
}
