import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { visitPages } from './gateways/cost.ts';
import { LAYERS, sumLayers } from './gateways/cpu-layers.ts';
import type { SelfTime } from './gateways/profiler.ts';
import { type RunningSubject, startSubjects } from './gateways/start.ts';
import { type Subject, bareForwarder, naiveGateway, ourGateway } from './gateways/subjects.ts';

const PAGES = 15_000;
const WARM_UP = 50_000;
/** Time until the spans of the load have left the process, in milliseconds. */
const SETTLE_MS = 700;
const OTHER_THREADS = 'other threads';

/** The CPU time of a product page by the code that uses it: a sampling profile of the main thread of each gateway. */
export const pageProfileBenchmark: Benchmark = {
  name: 'page-profile',
  question: 'What does the CPU time of a product page go to?',
  load: `${PAGES} product pages, 8 at a time, after ${WARM_UP} pages of warm-up; one process each, sampled every 250 µs; traces of 10 % of the pages`,
  async run(report) {
    const subjects = [ourGateway('our gateway'), naiveGateway(), bareForwarder];
    const ports = await freePorts(subjects.length);
    const { all, stop } = await startSubjects(
      subjects.map((subject, index) => withProfiler(subject, ports[index]!)),
    );
    try {
      const measured: Measured[] = [];
      for (const [index, subject] of all.entries()) {
        report(`warming up ${subject.name}`.padEnd(60));
        await visitPages(subject, WARM_UP);
        report(`profiling ${subject.name}`.padEnd(60));
        measured.push(...(await profile(subject, ports[index]!)));
      }
      return { measured };
    } finally {
      await stop();
    }
  },
};

const withProfiler = (subject: Subject, port: number): Subject => ({
  ...subject,
  args: ['--import', './test/bench/gateways/profiler.ts', ...subject.args],
  env: { ...subject.env, PROFILER_PORT: String(port) },
});

/** Returns the time of each layer. The profile contains the main thread only; the other threads have the rest. */
async function profile(subject: RunningSubject, port: number): Promise<readonly Measured[]> {
  const toggle = async (): Promise<readonly SelfTime[]> =>
    (await (await fetch(`http://127.0.0.1:${port}`)).json()) as readonly SelfTime[];
  const before = await subject.usage();
  await toggle();
  await visitPages(subject, PAGES);
  await sleep(SETTLE_MS);
  const totalUs = (await subject.usage()).cpuUs - before.cpuUs;
  const layers = sumLayers(await toggle());
  const mainUs = [...layers.values()].reduce((sum, us) => sum + us, 0);
  const toFigure = (layer: string, us: number): Measured => ({
    name: `${subject.name}: ${layer}`,
    unit: 'µs',
    value: us / PAGES,
  });
  return [
    toFigure('CPU per page', totalUs),
    ...LAYERS.map((layer) => toFigure(layer, layers.get(layer) ?? 0)),
    toFigure(OTHER_THREADS, Math.max(0, totalUs - mainUs)),
  ];
}
