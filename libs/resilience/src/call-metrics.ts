import { type Attributes, trace } from '@opentelemetry/api';
import { lazyInstruments } from '@film-store/core/instruments';
import { Problem } from '@film-store/problem';
import {
  AttemptTimedOut,
  BreakerOpen,
  Cancelled,
  DeadlineExceeded,
  isLocalRejection,
} from './core/errors.ts';
import { SCOPE } from './spans.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/** `expected`: a regular problem, such as `not-found`. `ended`: the caller left or its time was over. */
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

const instruments = lazyInstruments(SCOPE, (meter) => ({
  duration: meter.createHistogram('upstream.attempt.duration', {
    unit: 's',
    description: 'Duration of attempts to call an upstream or to execute work, by outcome',
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  }),
  rejections: meter.createCounter('upstream.rejections', {
    description: 'Calls that were rejected in this process, without a request to the upstream',
  }),
}));

/** Records an attempt, inside all policies, with its duration in milliseconds. */
export type RecordAttempt = (outcome: AttemptOutcome, ms: number) => void;

/** Returns the recorder of an upstream, and starts the series of its attempts and rejections at zero. */
export function createAttemptRecorder(upstream: string): RecordAttempt {
  for (const reason of ['breaker-open', 'bulkhead-full'])
    instruments().rejections.add(0, { upstream, reason });
  const attributes = Object.fromEntries(
    outcomes.map((outcome) => [outcome, { upstream, outcome }]),
  ) as unknown as Record<AttemptOutcome, Attributes>;
  // NaN starts a series at zero: Prometheus sees no increase in a series that starts with its first failures.
  for (const outcome of outcomes) instruments().duration.record(Number.NaN, attributes[outcome]);
  return (outcome, ms) => instruments().duration.record(ms / 1000, attributes[outcome]);
}

/** @param error the error of the attempt, or the reason of its signal if that has aborted */
export function toAttemptOutcome(error: unknown): AttemptOutcome {
  if (error instanceof AttemptTimedOut) return 'timeout';
  if (error instanceof UpstreamFailure) return error.code as AttemptOutcome;
  if (error instanceof Cancelled || error instanceof DeadlineExceeded) return 'ended';
  return error instanceof Problem ? 'expected' : 'error';
}

/** Counts a local rejection and adds an event to the span of the request; does nothing for other errors. */
export function recordRejection(upstream: string, error: unknown): void {
  if (!isLocalRejection(error)) return;
  const reason = error instanceof BreakerOpen ? 'breaker-open' : 'bulkhead-full';
  instruments().rejections.add(1, { upstream, reason });
  trace.getActiveSpan()?.addEvent('upstream.rejected', { upstream, reason });
}
