import { systemClock } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import { type Degradation, degradationReason } from './degradation.ts';
import { toDegradedHeaders } from './degraded-headers.ts';

const responses = lazyInstruments('@film-store/degradation', (meter) =>
  meter.createCounter('degraded.responses', {
    description: 'Degraded responses, by feature, reason and source',
  }),
);

/**
 * Starts the series of a feature at zero, for every source that may replace the best one and every reason. Prometheus sees
 * no increase in a series that starts with its first degraded response.
 */
export function startDegradedSeries(feature: string, sources: readonly string[]): void {
  for (const source of sources)
    for (const reason of degradationReason.options) responses().add(0, { feature, reason, source });
}

/** The part of a response body that reports degradation. */
export type DegradedBody = { readonly degraded?: readonly Degradation[] } | null | undefined;

export interface DegradedOptions {
  /** Name of the service in `Cache-Status`: a token (RFC 9651 § 3.3.4). */
  readonly service: string;
  readonly onDegraded?: (degradation: Degradation) => void;
}

/** Records degraded features in the span and in a metric. Returns the headers of the response. */
export function reportDegraded(
  degradations: readonly Degradation[],
  maxStaleMs: number,
  { service, onDegraded }: DegradedOptions,
): Record<string, string> {
  const span = trace.getActiveSpan();
  for (const degradation of degradations) {
    const { feature, reason, source } = degradation;
    onDegraded?.(degradation);
    responses().add(1, { feature, reason, source });
    span?.addEvent('response.degraded', { feature, reason, source });
  }
  return toDegradedHeaders(degradations, { service, now: systemClock.wallNow(), maxStaleMs });
}
