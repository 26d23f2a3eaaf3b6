import { services } from '../../../deploy/local/services.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import { now } from '../now.ts';
import { type Cell, toFigures } from './cell.ts';
import type { Subject } from './defenses.ts';
import type { Fault } from './faults.ts';
import { warmUp } from './warm-up.ts';
import { send } from './load.ts';
import { inBatches } from './in-batches.ts';
import { compileGateways, startSubject } from './start-subject.ts';
import { startUpstreams } from './upstreams.ts';

/** Times in seconds and requests per second for each gateway. */
export const UPSTREAM_LOAD = { rps: 20, warmUpS: 5, faultS: 8, recoveryS: 13 };

/** Gateways that start at the same time. */
const AT_ONCE = 3;

export interface Run {
  readonly subjects: readonly Subject[];
  readonly seed: number;
  readonly round: number;
  readonly load: typeof UPSTREAM_LOAD;
  readonly report: (progress: string) => void;
}

/** Subjects that run side by side; more would overload two cores. */
const SIDE_BY_SIDE = 14;

/** Measures all subjects under one fault with the same requests, in groups of which each has some of the repeats. */
export async function measureFault(fault: Fault, run: Run): Promise<Cell[]> {
  const groups = Math.ceil(run.subjects.length / SIDE_BY_SIDE);
  const cells: Cell[] = [];
  for (let group = 0; group < groups; group++) {
    const subjects = run.subjects.filter((_, index) => index % groups === group);
    cells.push(...(await measureGroup(fault, { ...run, subjects })));
  }
  return cells;
}

/** Sends the requests to all subjects at the same times. */
async function measureGroup(fault: Fault, run: Run): Promise<Cell[]> {
  const { subjects, seed, round, load, report } = run;
  const stops = new Stops();
  try {
    const instances = services
      .filter(({ name }) => name !== 'gateway')
      .flatMap(({ name, urlVariable }) =>
        Array.from({ length: name === fault.upstream ? (fault.instances ?? 1) : 1 }, () => ({
          name,
          urlVariable,
        })),
      );
    const upstreams = stops.add(await startUpstreams(instances.length * subjects.length));
    const toServer = (subject: number, instance: number): number => subject * instances.length + instance;
    const compiled = compileGateways();
    const toUrls = (subject: number, { kind }: Subject): Record<string, string> => {
      const urls = instances.map(({ urlVariable }, instance) => ({
        urlVariable,
        url: upstreams.urls[toServer(subject, instance)]!,
      }));
      const byVariable = Object.entries(Object.groupBy(urls, (each) => each.urlVariable));
      // The naive gateway knows one address.
      const known = (all: typeof urls) => (kind === 'naive' ? all.slice(0, 1) : all);
      return Object.fromEntries(
        byVariable.map(([variable, all = []]) => [
          variable,
          known(all)
            .map(({ url }) => url)
            .join(),
        ]),
      );
    };
    const targets = await inBatches(subjects, AT_ONCE, (subject, index) => {
      report(`${fault.name}: starting ${index + 1} of ${subjects.length}`);
      return startSubject(subject, compiled[subject.kind], toUrls(index, subject), stops);
    });
    // Visitors of the home page load the fallback of recommendations.
    await Promise.all(targets.map(async ({ url }) => (await fetch(`${url}/api/home`)).arrayBuffer()));
    report(`${fault.name}: warming up`);
    const phase = (name: string, seconds: number) => ({ rps: load.rps, seconds, seed, phase: name });
    await warmUp(targets, phase('warm-up', load.warmUpS));
    const failing = instances.findIndex(({ name }) => name === fault.upstream);
    const broken = subjects.map((_, index) => toServer(index, failing));
    upstreams.behave(broken, fault.behavior);
    await upstreams.report();
    const from = now();
    report(`${fault.name}: ${fault.description}`);
    const during = send(targets, phase('fault', load.faultS));
    await new Promise((resolve) => setTimeout(resolve, load.faultS * 1000));
    upstreams.behave(broken, 'healthy');
    const to = now();
    report(`${fault.name}: recovery`);
    const after = await send(targets, phase('recovery', load.recoveryS));
    const until = now();
    const results = await during;
    const received = await upstreams.report();
    return subjects.map(({ name }, subject) => {
      const own = instances.flatMap(({ name: service }, instance) =>
        service === fault.upstream ? [received[toServer(subject, instance)]!] : [],
      );
      const placed: Record<string, number> = {};
      for (const each of received.slice(toServer(subject, 0), toServer(subject + 1, 0)))
        for (const [product, count] of Object.entries(each.placed))
          placed[product] = (placed[product] ?? 0) + count;
      const figures = toFigures({
        results: [...results[subject]!, ...after[subject]!],
        from,
        to,
        until,
        calls: own.flatMap(({ arrivals }) => arrivals).filter((at) => at >= from && at < to).length,
        placed,
      });
      return { fault: fault.name, subject: name, round, figures };
    });
  } finally {
    await stops.stop();
  }
}
