import { setTimeout as sleep } from 'node:timers/promises';
import { root, serviceArguments } from '../../../deploy/local/services.ts';
import { freePorts } from '../../../deploy/local/ports.ts';
import { startProcess } from '../../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import { compile } from '../compile.ts';
import { startUpstreams as startStandIns } from '../gateway.ts';
import { now } from '../now.ts';
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
      const catalog = await startCatalog(toUpstreamEnv(subject), stops);
      const { urls } = await startStandIns(stops);
      const env = { ...urls, CATALOG_URL: catalog };
      return { catalog, target: await startSubject(subject, compiled[subject.kind], env, stops) };
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

/** Starts the service of the benchmark `overload`. */
async function startCatalog(env: Readonly<Record<string, string>>, stops: Stops): Promise<string> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const running = startProcess({
    args: [...serviceArguments('catalog').slice(0, -1), compile('test/bench/overload/service.ts')],
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: 'production', LOG_LEVEL: 'silent', PORT: String(port) },
  });
  const probe = () => respondsOk(`${url}/health/ready`);
  await stops.add(withReadiness({ name: 'catalog', process: running, probe })).ready();
  return url;
}
