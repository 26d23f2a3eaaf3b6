import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { median } from '../median.ts';
import { type PriceSubject, priceSubjects } from './price-subjects.ts';

const CALLS = 20_000;
const ROUNDS = 9;
/** Instances whose heap is measured together. */
const INSTANCES = 200;
/** Calls of each instance before its heap is measured. */
const FILL = 50;

export interface Price extends Pick<PriceSubject, 'defense' | 'per'> {
  /** CPU time over the same work without the defense, in microseconds. */
  readonly cpuUs: number;
  /** Heap of one instance, in MiB. */
  readonly memoryMiB: number;
}

export const priceLoad = `${CALLS} calls one after another, ${ROUNDS} interleaved rounds, median of the differences; heap of ${INSTANCES} instances after ${FILL} calls each`;

/** Measures the subjects in turn, so that all of them run under the same conditions. */
export async function measurePrices(report: (progress: string) => void): Promise<Price[]> {
  const running = priceSubjects.map((subject) => ({
    subject,
    run: subject.create(),
    base: subject.without(),
    us: [] as number[],
  }));
  for (let round = 0; round <= ROUNDS; round++) {
    report(`round ${round} of ${ROUNDS}`.padEnd(40));
    for (const { run, base, us } of running) {
      const difference = (await time(run)) - (await time(base));
      // The first round is a warm-up.
      if (round > 0) us.push(difference);
    }
  }
  const prices: Price[] = [];
  for (const { subject, us } of running) {
    const { defense, per } = subject;
    prices.push({
      defense,
      per,
      cpuUs: Math.max(0, median(us)),
      memoryMiB: await measureHeap(subject),
    });
  }
  return prices;
}

/** CPU time of the process for one call, in microseconds. */
async function time(call: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let nth = 0; nth < CALLS; nth++) await call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CALLS;
}

async function measureHeap({ create, without }: PriceSubject): Promise<number> {
  return Math.max(0, (await readHeapPerInstance(create)) - (await readHeapPerInstance(without)));
}

async function readHeapPerInstance(create: () => () => unknown): Promise<number> {
  const before = readHeap();
  const instances = Array.from({ length: INSTANCES }, create);
  for (const call of instances) for (let nth = 0; nth < FILL; nth++) await call();
  const held = readHeap() - before;
  return held / instances.length / 1024 ** 2;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function readHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
