import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../deploy/local/ports.ts';
import type { Benchmark, Measured } from './benchmark.ts';
import { visitPages } from './gateways/cost.ts';
import { LAYERS, sumLayers } from './gateways/cpu-layers.ts';
import type { SelfTime } from './gateways/profiler.ts';
import { type RunningSubject, startSubjects } from './gateways/start.ts';
import { type Subject, bareForwarder, naiveGateway, ourGateway } from './gateways/subjects.ts';

const ROUNDS = 5;
const PAGES = 4000;
const WARM_UP = 50_000;
/** Time until the spans of the load have left the process, in milliseconds. */
const SETTLE_MS = 700;

/** The CPU time of a product page by the code that uses it: a sampling profile of the main thread of each gateway. */
export const pageProfileBenchmark: Benchmark = {
  name: 'page-profile',
  question: 'What does the CPU time of a product page go to?',
  load:
    `${PAGES} product pages, 8 at a time, in each of ${ROUNDS} interleaved rounds after ${WARM_UP} pages of warm-up; ` +
    'one process each, sampled every 250 µs; traces of 10 % of the pages',
  async run(report) {
    const subjects = [ourGateway('our gateway'), naiveGateway(), bareForwarder];
    const ports = await freePorts(subjects.length);
    const { all, stop } = await startSubjects(
      subjects.map((subject, index) => withProfiler(subject, ports[index]!)),
    );
    try {
      const profiles = all.map((subject, index) => new Profile(subject, ports[index]!));
      for (const profile of profiles) {
        report(`warming up ${profile.subject.name}`.padEnd(60));
        await visitPages(profile.subject, WARM_UP);
      }
      for (let round = 1; round <= ROUNDS; round++) {
        report(`round ${round} of ${ROUNDS}`.padEnd(60));
        for (const profile of profiles) await profile.addRound();
      }
      return { measured: profiles.flatMap((profile) => profile.toFigures()) };
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

/** The times of one gateway, in microseconds. */
class Profile {
  readonly subject: RunningSubject;
  readonly #port: number;
  readonly #layers = new Map(LAYERS.map((layer) => [layer, 0]));
  #totalUs = 0;

  constructor(subject: RunningSubject, port: number) {
    this.subject = subject;
    this.#port = port;
  }

  async addRound(): Promise<void> {
    const before = await this.subject.usage();
    await this.#toggle();
    await visitPages(this.subject, PAGES);
    await sleep(SETTLE_MS);
    const { cpuUs } = await this.subject.usage();
    const times = await this.#toggle();
    this.#totalUs += cpuUs - before.cpuUs;
    for (const [layer, us] of sumLayers(times)) this.#layers.set(layer, this.#layers.get(layer)! + us);
  }

  /** Returns the time of each layer on the main thread, and that of all other threads. */
  toFigures(): readonly Measured[] {
    const mainUs = [...this.#layers.values()].reduce((sum, us) => sum + us, 0);
    const times = [
      ['CPU per page', this.#totalUs],
      ...this.#layers,
      ['other threads', Math.max(0, this.#totalUs - mainUs)],
    ] as const;
    return times.map(([name, us]) => ({
      name: `${this.subject.name}: ${name}`,
      unit: 'µs',
      value: us / (ROUNDS * PAGES),
    }));
  }

  async #toggle(): Promise<readonly SelfTime[]> {
    return (await (await fetch(`http://127.0.0.1:${this.#port}`)).json()) as readonly SelfTime[];
  }
}
