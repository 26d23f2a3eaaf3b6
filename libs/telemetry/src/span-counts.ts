import { metrics } from '@opentelemetry/api';
import type { DataPoint } from '@opentelemetry/sdk-metrics';
import type { ScrapeReader } from './readers.ts';

/** Metric of the SDK: spans that its processors handled, by `error.type`, which is absent after a success. */
const PROCESSED = 'otel.sdk.processor.span.processed';

/** Copies the SDK's counts of exported and lost spans to the metrics of the process. */
export function countSpans(sdkMetrics: ScrapeReader): void {
  metrics
    .getMeter('@film-store/telemetry')
    .createObservableCounter('telemetry.spans', { description: 'Spans by the outcome of their export' })
    .addCallback(async (result) => {
      const { resourceMetrics } = await sdkMetrics.collect();
      const points = resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name === PROCESSED)
        .flatMap(({ dataPoints }) => dataPoints as DataPoint<number>[]);
      // Starts all series at 0: Prometheus sees no increase in a series that is born with its first loss.
      const counts = { taken: 0, 'not-taken': 0, 'queue-full': 0 };
      for (const { attributes, value } of points) counts[toOutcome(attributes['error.type'])] += value;
      for (const [outcome, spans] of Object.entries(counts)) result.observe(spans, { outcome });
    });
}

function toOutcome(error: unknown) {
  if (error === undefined) return 'taken';
  return error === 'queue_full' ? 'queue-full' : 'not-taken';
}
