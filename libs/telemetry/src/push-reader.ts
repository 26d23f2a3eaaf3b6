import {
  AggregationTemporality,
  type CollectionResult,
  InstrumentType,
  type MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { collectSteadily, steadyTemporality } from './steady-gauges.ts';

/** Sends metrics at intervals. */
export class PushReader extends PeriodicExportingMetricReader {
  override selectAggregationTemporality(type: InstrumentType): AggregationTemporality {
    return steadyTemporality(type, super.selectAggregationTemporality(type));
  }

  /** Whether counters are sent as totals; `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` may ask for differences. */
  get isCumulative(): boolean {
    return this.selectAggregationTemporality(InstrumentType.COUNTER) === AggregationTemporality.CUMULATIVE;
  }

  /** Differences are collected once: those of a first collection would be lost. */
  override collect(options?: Parameters<MetricReader['collect']>[0]): Promise<CollectionResult> {
    const collect = (): Promise<CollectionResult> => super.collect(options);
    return this.isCumulative ? collectSteadily(collect) : collect();
  }
}
