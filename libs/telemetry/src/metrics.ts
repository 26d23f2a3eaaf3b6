import { metrics } from '@opentelemetry/api';
import {
  ConsoleMetricExporter,
  type MetricData,
  MeterProvider,
  type MetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { type OtelEnv, readOtelEnv } from './otel-env.ts';
import { PushReader } from './push-reader.ts';
import { watchExports } from './receiver.ts';
import { createResource, publicResource } from './resource.ts';
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
  return withoutScopes.serialize({ ...resourceMetrics, resource: publicResource(resourceMetrics.resource) });
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
 * @param service its name where the environment has none
 * @returns ends it, once what is not yet sent is
 */
export async function startMetrics(env: NodeJS.ProcessEnv, service: string): Promise<() => Promise<void>> {
  const { values } = readOtelEnv(env);
  if (values.OTEL_SDK_DISABLED === 'true') return async () => undefined;
  const exporters = metricsExporters(values);
  const push = exporters.includes('otlp')
    ? periodicReader(values, watchExports(await otlpExporter(values)))
    : undefined;
  const printing = exporters.includes('console') ? [periodicReader(values, new ConsoleMetricExporter())] : [];
  // Each reader keeps counts of its own at the cost of every request: where totals are sent, they do for both.
  scrape = push?.isCumulative ? push : new ScrapeReader();
  const provider = new MeterProvider({
    resource: await createResource(values, service),
    readers: [scrape, ...(push && push !== scrape ? [push] : []), ...printing],
  });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}

/** What metrics go to besides those who scrape them, which `prometheus` stands for. */
const metricsExporters = ({
  OTEL_METRICS_EXPORTER: exporters,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: metricsEndpoint,
}: OtelEnv): readonly string[] => {
  const named = endpoint !== undefined || metricsEndpoint !== undefined ? ['otlp'] : [];
  const names = exporters?.split(',') ?? named;
  return names.includes('none') ? [] : names;
};

/** Of the specification, in milliseconds. */
const EXPORT_INTERVAL_MS = 60_000;
const EXPORT_TIMEOUT_MS = 30_000;

function periodicReader(values: OtelEnv, exporter: PushMetricExporter): PushReader {
  const exportIntervalMillis = Number(values.OTEL_METRIC_EXPORT_INTERVAL ?? EXPORT_INTERVAL_MS);
  // The reader refuses a longer timeout than its interval.
  const exportTimeoutMillis = Math.min(
    exportIntervalMillis,
    Number(values.OTEL_METRIC_EXPORT_TIMEOUT ?? EXPORT_TIMEOUT_MS),
  );
  return new PushReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}

/** Of the three only the one that is asked for is loaded: each brings some megabytes. */
async function otlpExporter(values: OtelEnv): Promise<PushMetricExporter> {
  switch (values.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? values.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter();
    default:
      return new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter();
  }
}
