import { metrics } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  InstrumentType,
  type MetricData,
  MeterProvider,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { watchExports } from './receiver.ts';
import { ScrapeReader } from './scrape-reader.ts';

let scrape: MetricReader | undefined;

/** What a Prometheus server reads, version 0.0.4 of its text format. */
export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** All metrics of this process as Prometheus text; empty where telemetry was not started. */
export async function metricsText(): Promise<string> {
  if (!scrape) return '';
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  const { resourceMetrics } = await scrape.collect();
  const withoutScopes = new PrometheusSerializer(undefined, false, undefined, false, true);
  for (const { metrics } of resourceMetrics.scopeMetrics) for (const metric of metrics) addUnit(metric);
  return withoutScopes.serialize(resourceMetrics);
}

/** What Prometheus puts at the end of a name; the serializer leaves it out, an OTLP receiver adds it by itself. */
const suffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

/** What is collected is this scrape's own. The descriptor is not: it is the instrument's. */
function addUnit(metric: MetricData): void {
  const { descriptor } = metric;
  const name = descriptor.name + (suffixes[descriptor.unit] ?? '');
  Object.assign(metric, { descriptor: { ...descriptor, name } });
}

/**
 * Starts counting, for `metricsText` and, where the standard `OTEL_*` variables say so, for an OTLP receiver. To be
 * called before the first instrument is made, for the API keeps none for later.
 * @returns ends it, once what is not yet sent is
 */
export async function startMetrics(env: NodeJS.ProcessEnv, service: string): Promise<() => Promise<void>> {
  if (env.OTEL_SDK_DISABLED === 'true') return async () => undefined;
  const push = sendsMetrics(env) ? await pushReader(env) : undefined;
  // Each reader keeps counts of its own at the cost of every request: where totals are sent, they do for both.
  scrape = push && isCumulative(push) ? push : new ScrapeReader();
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    readers: push && push !== scrape ? [scrape, push] : [scrape],
  });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}

const EXPORT_TIMEOUT_MS = 10_000;

async function pushReader(env: NodeJS.ProcessEnv): Promise<MetricReader> {
  const exportIntervalMillis = Number(env.OTEL_METRIC_EXPORT_INTERVAL ?? 60_000);
  const exportTimeoutMillis = Math.min(exportIntervalMillis, EXPORT_TIMEOUT_MS);
  const exporter = watchExports(await otlpExporter(env));
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}

/** Unless `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` says that differences are to be sent. */
const isCumulative = (reader: MetricReader): boolean =>
  reader.selectAggregationTemporality(InstrumentType.COUNTER) === AggregationTemporality.CUMULATIVE;

const sendsMetrics = (env: NodeJS.ProcessEnv): boolean =>
  env.OTEL_METRICS_EXPORTER === undefined
    ? [env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT].some(Boolean)
    : env.OTEL_METRICS_EXPORTER === 'otlp';

/** Of the three only the one that is asked for is loaded: each brings some megabytes. */
async function otlpExporter(env: NodeJS.ProcessEnv): Promise<PushMetricExporter> {
  switch (env.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? env.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter();
    default:
      return new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter();
  }
}
