import {
  ConsecutiveBreaker,
  bulkhead,
  circuitBreaker,
  handleAll,
  retry,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel';
import CircuitBreaker from 'opossum';
import { pino } from 'pino';
import { type Call, createPipeline, type Policy, UPSTREAM_POLICY_DEFAULTS } from '@film-store/resilience';
import { systemClock } from '@film-store/core';
import { createFaults, createFaultPoints } from '@film-store/fault-injection';
import type { Benchmark, Measured } from './benchmark.ts';
import { layers } from './layers.ts';

const CALLS = 20_000;
const ROUNDS = 15;

const noop: Call<number> = async () => 1;

// #region part: faults
/** The cost of fault points that are enabled without an active fault. Disabled, they cost nothing. */
function faultPoint(): Policy {
  const faults = createFaults({ service: 'bench', logger: pino({ level: 'silent' }), clock: systemClock });
  const { work } = createFaultPoints(faults, systemClock);
  return (next) => (context) => work({ point: 'bench', signal: context.signal }, () => next(context));
}
// #endregion part: faults

function ours(hedge: boolean, transport: Call<unknown> = noop): () => Promise<unknown> {
  const pipeline = createPipeline(UPSTREAM_POLICY_DEFAULTS, transport, {
    clock: systemClock,
    random: Math.random,
    classify: () => 'failure',
    classifyRetry: () => ({ retry: true }),
    mayHedge: () => hedge,
    callerRetries: () => false,
    onTransition: () => undefined,
  });
  const { signal } = new AbortController();
  return () => pipeline.call({ signal, deadline: systemClock.now() + 1000, attempt: 1, idempotent: true });
}

function alone(policy: Policy): () => Promise<unknown> {
  const call = policy(noop);
  const { signal } = new AbortController();
  return () => call({ signal, deadline: systemClock.now() + 1000, attempt: 1, idempotent: true });
}

function cockatiel(): () => Promise<unknown> {
  const policy = wrap(
    retry(handleAll, { maxAttempts: 3 }),
    bulkhead(64, 32),
    circuitBreaker(handleAll, { halfOpenAfter: 10_000, breaker: new ConsecutiveBreaker(20) }),
    timeout(1000, TimeoutStrategy.Aggressive),
  );
  return () => policy.execute(async () => 1);
}

function opossum(): () => Promise<unknown> {
  const breaker = new CircuitBreaker(async () => 1, {
    timeout: 1000,
    rollingPercentilesEnabled: false,
    volumeThreshold: 20,
  });
  return () => breaker.fire();
}

const subjects: readonly (readonly [string, () => () => Promise<unknown>])[] = [
  [
    'no-op',
    () => () =>
      noop({ signal: new AbortController().signal, deadline: Infinity, attempt: 1, idempotent: true }),
  ],
  ['our pipeline', () => ours(false)],
  ['our pipeline, hedge armed', () => ours(true)],
  // #region part: faults
  ['our pipeline, faults enabled, none active', () => ours(false, faultPoint()(noop))],
  ['fault point alone, none active', () => alone(faultPoint())],
  // #endregion part: faults
  ['cockatiel: retry, bulkhead, breaker, timeout', cockatiel],
  ['opossum alone, with its timeout', opossum],
  ...Object.entries(layers).map(([name, create]) => [`${name} alone`, () => alone(create())] as const),
];

/**
 * Nanoseconds per call over a no-op, in sequence. Subjects take turns, so that all of them run under the same
 * conditions.
 */
export const pipelineBenchmark: Benchmark = {
  name: 'pipeline',
  question: 'What does the whole pipeline cost per call, over a no-op?',
  load: `${CALLS} calls one after another, ${ROUNDS} interleaved rounds, median`,
  async run(report) {
    const calls = subjects.map(([name, create]) => ({ name, call: create(), ns: [] as number[] }));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { call, ns } of calls) {
        const began = process.hrtime.bigint();
        for (let index = 0; index < CALLS; index++) await call();
        // The first round is a warm-up.
        if (round > 0) ns.push(Number(process.hrtime.bigint() - began) / CALLS);
      }
      report(`round ${round} of ${ROUNDS}`);
    }
    const measured = calls.map<Measured>(({ name, ns }) => ({ name, unit: 'ns', value: median(ns) }));
    const of = (name: string): number => measured.find((each) => each.name === name)?.value ?? Number.NaN;
    const ratio = of('our pipeline') / of('cockatiel: retry, bulkhead, breaker, timeout');
    return {
      measured: [
        ...measured,
        { name: 'our pipeline / cockatiel', unit: 'ratio', value: ratio, goal: '≤ 0.4' },
      ],
    };
  },
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
