import { metrics } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import {
  ConsoleMetricExporter,
  MeterProvider,
  type MetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { exportMonitors, monitorExports } from './export-monitor.ts';
import type { OtelEnv } from './otel-env.ts';
import { PushReader, ScrapeReader } from './readers.ts';
import { toPublicResource } from './resource.ts';

let scrape: MetricReader | undefined;

/** Media type of version 0.0.4 of Prometheus' text format. */
export const METRICS_MEDIA_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Units at the end of metric names, as Prometheus recommends. An OTLP receiver adds them itself. */
const suffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

/** Returns all metrics of this process as Prometheus text; empty if telemetry is not started. */
export async function metricsText(): Promise<string> {
  if (!scrape) return '';
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  const { resourceMetrics } = await scrape.collect();
  for (const metric of resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)) {
    // The descriptor belongs to the instrument and must not change.
    const { descriptor } = metric;
    const name = descriptor.name + (suffixes[descriptor.unit] ?? '');
    Object.assign(metric, { descriptor: { ...descriptor, name } });
  }
  const withoutScopes = new PrometheusSerializer(undefined, false, undefined, false, true);
  const resource = toPublicResource(resourceMetrics.resource);
  return withoutScopes.serialize({ ...resourceMetrics, resource });
}

/**
 * Starts counting for `metricsText`, and for an OTLP receiver if the `OTEL_*` variables name one. Must be called before
 * the first instrument is created, because the API does not keep instruments for a later provider.
 * @returns a function that sends the remaining metrics and stops
 */
export async function startMetrics(values: OtelEnv, resource: Resource): Promise<() => Promise<void>> {
  if (values.OTEL_SDK_DISABLED === 'true') return async () => undefined;
  const exporters = listExporters(values);
  const push = exporters.includes('otlp')
    ? createPushReader(values, monitorExports(await createOtlpExporter(values), exportMonitors.metrics))
    : undefined;
  const print = exporters.includes('console') ? [createPushReader(values, new ConsoleMetricExporter())] : [];
  // Each reader counts separately, which costs time on every request: a cumulative push reader also serves scrapes.
  scrape = push?.isCumulative ? push : new ScrapeReader();
  const readers = [scrape, ...(push && push !== scrape ? [push] : []), ...print];
  const provider = new MeterProvider({ resource, readers });
  metrics.setGlobalMeterProvider(provider);
  return () => provider.shutdown();
}

/** Ignores `prometheus`, because `metricsText` is always available. */
function listExporters(values: OtelEnv): readonly string[] {
  const endpoint = values.OTEL_EXPORTER_OTLP_ENDPOINT ?? values.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const names = values.OTEL_METRICS_EXPORTER?.split(',') ?? (endpoint === undefined ? [] : ['otlp']);
  return names.includes('none') ? [] : names;
}

/** Defaults of the OpenTelemetry specification, in milliseconds. */
const EXPORT_INTERVAL_MS = 60_000;
const EXPORT_TIMEOUT_MS = 30_000;

function createPushReader(values: OtelEnv, exporter: PushMetricExporter): PushReader {
  const exportIntervalMillis = Number(values.OTEL_METRIC_EXPORT_INTERVAL ?? EXPORT_INTERVAL_MS);
  const timeout = Number(values.OTEL_METRIC_EXPORT_TIMEOUT ?? EXPORT_TIMEOUT_MS);
  // The reader rejects a timeout that is longer than its interval.
  const exportTimeoutMillis = Math.min(exportIntervalMillis, timeout);
  return new PushReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}

/** Loads only the exporter of the chosen protocol: each uses some megabytes. */
async function createOtlpExporter(values: OtelEnv): Promise<PushMetricExporter> {
  switch (values.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? values.OTEL_EXPORTER_OTLP_PROTOCOL) {
    case 'grpc':
      return new (await import('@opentelemetry/exporter-metrics-otlp-grpc')).OTLPMetricExporter();
    case 'http/json':
      return new (await import('@opentelemetry/exporter-metrics-otlp-http')).OTLPMetricExporter();
    default:
      return new (await import('@opentelemetry/exporter-metrics-otlp-proto')).OTLPMetricExporter();
  }
}
