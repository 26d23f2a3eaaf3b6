import { metrics } from '@opentelemetry/api';
import type { DataPoint } from '@opentelemetry/sdk-metrics';
import type { ScrapeReader } from './scrape-reader.ts';

/** What became of spans: the receiver took them, did not, or they found no place among those that wait for it. */
type SpanOutcome = 'taken' | 'not-taken' | 'queue-full';

/** How the SDK calls what its processors did with spans, by `error.type`; absent where all was well. */
const PROCESSED = 'otel.sdk.processor.span.processed';

/** Counts what became of spans, as the SDK tells it to `own`, among all other metrics. */
export function countSpans(own: ScrapeReader): void {
  metrics
    .getMeter('@film-store/telemetry')
    .createObservableCounter('telemetry.spans', {
      description: 'Spans that were to be sent to the receiver, by what became of them',
    })
    .addCallback(async (result) => {
      const { resourceMetrics } = await own.collect();
      const points = resourceMetrics.scopeMetrics
        .flatMap(({ metrics }) => metrics)
        .filter(({ descriptor }) => descriptor.name === PROCESSED)
        .flatMap(({ dataPoints }) => dataPoints as DataPoint<number>[]);
      for (const [outcome, spans] of byOutcome(points)) result.observe(spans, { outcome });
    });
}

/** All three, for a counter that appears with its first loss would be no increase to Prometheus. */
function byOutcome(points: readonly DataPoint<number>[]): ReadonlyMap<SpanOutcome, number> {
  const counts = new Map<SpanOutcome, number>([
    ['taken', 0],
    ['not-taken', 0],
    ['queue-full', 0],
  ]);
  for (const { attributes, value } of points) {
    const outcome = outcomeOf(attributes['error.type']);
    counts.set(outcome, (counts.get(outcome) ?? 0) + value);
  }
  return counts;
}

function outcomeOf(error: unknown): SpanOutcome {
  if (error === undefined) return 'taken';
  return error === 'queue_full' ? 'queue-full' : 'not-taken';
}
