import { lazyInstruments } from '@film-store/core/instruments';
import type { Attributes } from '@opentelemetry/api';
import { Problem } from '@film-store/problem';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './core/errors.ts';
import { SCOPE } from './scope.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/**
 * How an attempt ended. `expected`: with a problem that is a regular response, such as `not-found`. `ended`: its caller
 * left or its time was up.
 */
const outcomes = [
  'success',
  'expected',
  'timeout',
  'upstream-timeout',
  'upstream-unreachable',
  'upstream-bad-response',
  'unavailable',
  'overloaded',
  'ended',
  'error',
] as const;
export type AttemptOutcome = (typeof outcomes)[number];

const duration = lazyInstruments(SCOPE, (meter) =>
  meter.createHistogram('upstream.attempt.duration', {
    unit: 's',
    description: 'Attempts to reach an upstream or a dependency, by how they ended',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  }),
);

/** Records an attempt that is inside all policies, with its duration in milliseconds. */
export type RecordAttempt = (outcome: AttemptOutcome, ms: number) => void;

export function createAttemptRecorder(upstream: string): RecordAttempt {
  const attributes = Object.fromEntries(
    outcomes.map((outcome) => [outcome, { upstream, outcome }]),
  ) as unknown as Record<AttemptOutcome, Attributes>;
  // NaN starts a series at zero: Prometheus sees no increase in one that is born with its first failures.
  for (const outcome of outcomes) duration().record(Number.NaN, attributes[outcome]);
  return (outcome, ms) => duration().record(ms / 1000, attributes[outcome]);
}

/** @param error what the attempt rejected with, or the reason of its signal where that has ended it */
export function toAttemptOutcome(error: unknown): AttemptOutcome {
  if (error instanceof AttemptTimedOut) return 'timeout';
  if (error instanceof UpstreamFailure) return error.code as AttemptOutcome;
  if (error instanceof Cancelled || error instanceof DeadlineExceeded) return 'ended';
  return error instanceof Problem ? 'expected' : 'error';
}
