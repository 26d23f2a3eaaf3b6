import { type Attributes, metrics } from '@opentelemetry/api';
import { Problem } from '@film-store/problem';
import type { Call } from './core/call.ts';
import type { Clock } from '@film-store/core';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './core/errors.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/**
 * How an attempt ended. `expected`: with a problem that is an answer, such as `not-found`. `ended`: nobody waited for
 * it any more.
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
type AttemptOutcome = (typeof outcomes)[number];

const duration = metrics.getMeter('film-store/resilience').createHistogram('upstream.attempt.duration', {
  unit: 's',
  description: 'Attempts to reach an upstream or a dependency, by how they ended',
  advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
});

/** Measures every attempt of `send`: what is inside all policies. */
export function measureAttempts<T>(upstream: string, clock: Clock, send: Call<T>): Call<T> {
  const attributes = Object.fromEntries(
    outcomes.map((outcome) => [outcome, { upstream, outcome }]),
  ) as unknown as Record<AttemptOutcome, Attributes>;
  // NaN starts a series at zero: Prometheus sees no increase in one that is born with its first failures.
  for (const outcome of outcomes) duration.record(Number.NaN, attributes[outcome]);
  return async (context) => {
    const startedAt = clock.now();
    const ended = (outcome: AttemptOutcome): void =>
      duration.record((clock.now() - startedAt) / 1000, attributes[outcome]);
    try {
      const answer = await send(context);
      ended('success');
      return answer;
    } catch (error) {
      // What ended an attempt from outside tells why.
      ended(outcomeOf(context.signal.aborted ? context.signal.reason : error));
      throw error;
    }
  };
}

function outcomeOf(error: unknown): AttemptOutcome {
  if (error instanceof AttemptTimedOut) return 'timeout';
  if (error instanceof UpstreamFailure) return error.code as AttemptOutcome;
  if (error instanceof Cancelled || error instanceof DeadlineExceeded) return 'ended';
  return error instanceof Problem ? 'expected' : 'error';
}
