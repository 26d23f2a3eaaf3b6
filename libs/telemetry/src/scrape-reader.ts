import { AggregationTemporality, MetricReader } from '@opentelemetry/sdk-metrics';

/** Collects when somebody asks, and at no other time. */
export class ScrapeReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }
  protected override onForceFlush = async (): Promise<void> => undefined;
  protected override onShutdown = async (): Promise<void> => undefined;
}
