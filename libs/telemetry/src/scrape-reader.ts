import { AggregationTemporality, type CollectionResult, MetricReader } from '@opentelemetry/sdk-metrics';
import { collectSteadily, steadyTemporality } from './steady-gauges.ts';

/** Collects when somebody asks, and at no other time. */
export class ScrapeReader extends MetricReader {
  constructor() {
    super({
      aggregationTemporalitySelector: (type) => steadyTemporality(type, AggregationTemporality.CUMULATIVE),
    });
  }

  override collect(options?: Parameters<MetricReader['collect']>[0]): Promise<CollectionResult> {
    return collectSteadily(() => super.collect(options));
  }

  protected override onForceFlush = async (): Promise<void> => undefined;
  protected override onShutdown = async (): Promise<void> => undefined;
}
