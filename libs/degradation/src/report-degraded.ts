import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import { type Degradation, degradationReason } from './degradation.ts';
import { degradedHeaders } from './degraded-headers.ts';
import { systemClock } from '@film-store/core';

const answers = lazyInstruments('@film-store/degradation', (meter) =>
  meter.createCounter('degraded.responses', {
    description: 'Answers that were not the best there is, by feature',
  }),
);

/**
 * Starts the series of a feature that may be degraded at zero, for every reason: Prometheus sees no increase in a series
 * that is born with its first degraded responses.
 * @param sources what may stand in for the best source
 */
export function startDegradedSeries(feature: string, sources: readonly string[]): void {
  for (const source of sources)
    for (const reason of degradationReason.options) answers().add(0, { feature, reason, source });
}

export interface DegradedOptions {
  /** Name of the service in `Cache-Status`: a token (RFC 9651 § 3.3.4). */
  readonly service: string;
  /** Receives every degraded feature of every response. */
  readonly onDegraded?: (degradation: Degradation) => void;
}

/**
 * Records the degraded features of a response in its span and in a metric.
 * @returns the headers that repeat them
 */
export function reportDegraded(
  degradations: readonly Degradation[],
  maxStaleMs: number,
  { service, onDegraded }: DegradedOptions,
): Record<string, string> {
  const span = trace.getActiveSpan();
  for (const degradation of degradations) {
    const { feature, reason, source } = degradation;
    onDegraded?.(degradation);
    answers().add(1, { feature, reason, source });
    span?.addEvent('response.degraded', { feature, reason, source });
  }
  return degradedHeaders(degradations, { service, now: systemClock.wallNow(), maxStaleMs });
}
