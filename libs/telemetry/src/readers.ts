import {
  AggregationTemporality,
  type CollectionResult,
  InstrumentType,
  MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';

/*
 * The SDK keeps the value of a gauge with the latest wall-clock time. After the wall clock is set back by an
 * hour, cumulative gauges do not change for an hour, and the others are wrong once.
 */

type CollectOptions = Parameters<MetricReader['collect']>[0];

const selectTemporality = (type: InstrumentType, others: AggregationTemporality): AggregationTemporality =>
  type === InstrumentType.OBSERVABLE_GAUGE ? AggregationTemporality.DELTA : others;

/** All readers share it, because the SDK keeps one last value for all of them. */
let latestAt = -Infinity;

/** Collects twice after the wall clock was set back: only the second result has the current values of gauges. */
async function collectCurrent<T>(collect: () => Promise<T>): Promise<T> {
  const now = Date.now();
  const wasSetBack = now < latestAt;
  latestAt = now;
  if (wasSetBack) await collect();
  return collect();
}

export class ScrapeReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) => selectTemporality(type, AggregationTemporality.CUMULATIVE),
    });
  }

  override collect(options?: CollectOptions): Promise<CollectionResult> {
    return collectCurrent(() => super.collect(options));
  }

  protected override onForceFlush = async (): Promise<void> => undefined;
  protected override onShutdown = async (): Promise<void> => undefined;
}

export class PushReader extends PeriodicExportingMetricReader {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return selectTemporality(type, super.selectAggregationTemporality(type));
  }

  /** `false` if `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` selects differences instead of totals. */
  get isCumulative(): boolean {
    return this.selectAggregationTemporality(InstrumentType.COUNTER) === AggregationTemporality.CUMULATIVE;
  }

  override collect(options?: CollectOptions): Promise<CollectionResult> {
    const collect = (): Promise<CollectionResult> => super.collect(options);
    // A second collection would lose the differences of the first one.
    return this.isCumulative ? collectCurrent(collect) : collect();
  }
}
