import { setTimeout as sleep } from 'node:timers/promises';
import { ProxyTracerProvider, context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator, setGlobalErrorHandler } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { AggregationType, createAllowListAttributesProcessor } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { z } from 'zod';
import type { Logger } from '@film-store/core';
import { exportMonitors, monitorExports } from './export-monitor.ts';
import { startMetrics } from './metrics.ts';
import { type OtelEnv, correctOtelEnv, readOtelEnv } from './otel-env.ts';
import { ScrapeReader } from './readers.ts';
import { createResource } from './resource.ts';
import { startRuntimeMetrics } from './runtime-metrics.ts';
import { createSampler, sampleRequests } from './sampler.ts';
import { countSpans } from './span-counts.ts';
import type { TraceSpan, TraceSummary } from './trace.ts';
import { TraceRing } from './trace-ring.ts';

/** Longest time for the last export, in milliseconds. */
const STOP_TIMEOUT_MS = 2000;

let ring: TraceRing | undefined;
let stops: (() => Promise<void>)[] = [];
let ignored: ReturnType<typeof readOtelEnv>['ignored'] = [];

/**
 * Starts OpenTelemetry for this process:
 * - metrics, always;
 * - the SDK for spans, if the `OTEL_*` variables name an exporter of spans;
 * - without an exporter, only trace ids for logs and for W3C trace context. The SDK is not loaded then;
 * - with `TRACES_RING=true`, the latest traces in memory: of all requests, or of those that the SDK samples.
 *
 * Removes invalid variables from `env`. `logTelemetryTo` reports them.
 * @param service the name if `OTEL_SERVICE_NAME` is unset
 */
export async function startTelemetry(env: NodeJS.ProcessEnv, service: string): Promise<void> {
  // OpenTelemetry would write failures to the console. The monitors report them by signal.
  setGlobalErrorHandler(() => undefined);
  const read = readOtelEnv(env);
  ignored = read.ignored;
  correctOtelEnv(env, read.values);
  const resource = await createResource(read.values, service, env.PLATFORM_NAMESPACE || undefined);
  stops = [await startMetrics(read.values, resource)];
  startRuntimeMetrics();
  ring = z.stringbool().safeParse(env.TRACES_RING).data
    ? new TraceRing(String(resource.attributes['service.name']))
    : undefined;
  if (!hasSpanExporter(read.values)) return startWithoutSdk(ring);
  stops.push(await startSdk(resource, read.values));
  const processors = findSpanProcessors();
  for (const { _exporter: exporter } of processors)
    if (exporter) monitorExports(exporter, exportMonitors.traces);
  if (ring) processors.push(ring);
}

/** Logs invalid variables, and from now on failures of exports. */
export function logTelemetryTo(logger: Pick<Logger, 'warn' | 'info'>): void {
  for (const { name, expected } of ignored)
    logger.warn(
      { event: 'telemetry.setting_ignored', name },
      `${name} is invalid and ignored; expected ${expected}`,
    );
  exportMonitors.traces.logTo(logger);
  exportMonitors.metrics.logTo(logger);
}

/** Exports the remaining data. Never throws, and takes at most 2 s, so that telemetry never delays a shutdown. */
export async function stopTelemetry(): Promise<void> {
  await Promise.race([Promise.allSettled(stops.map((stop) => stop())), sleep(STOP_TIMEOUT_MS)]);
}

/** Returns the newest trace first; empty without `TRACES_RING=true`. */
export const recentTraces = (): TraceSummary[] => ring?.recent() ?? [];
export const findSpans = (traceId: string): readonly TraceSpan[] => ring?.findSpans(traceId) ?? [];

const hasSpanExporter = (values: OtelEnv): boolean =>
  values.OTEL_SDK_DISABLED !== 'true' &&
  !values.OTEL_TRACES_EXPORTER?.split(',').includes('none') &&
  (values.OTEL_EXPORTER_OTLP_ENDPOINT ??
    values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
    values.OTEL_TRACES_EXPORTER) !== undefined;

async function startSdk(resource: Resource, values: OtelEnv): Promise<() => Promise<void>> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // The SDK counts spans only if this is set, and only for its own meter provider.
  process.env['OTEL_NODE_EXPERIMENTAL_SDK_METRICS'] = 'true';
  const sdkMetrics = new ScrapeReader();
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    instrumentations: [],
    sampler: sampleRequests(createSampler(values)),
    metricReaders: [sdkMetrics],
    views: [
      {
        instrumentName: 'otel.sdk.span.*',
        aggregation: { type: AggregationType.DROP },
        // Dropped values are looked up by their attributes too: 4 µs for each span.
        attributesProcessors: [createAllowListAttributesProcessor([])],
      },
    ],
    logRecordProcessors: [],
    // The SDK's default would also send baggage, which no service here reads, with every call.
    ...(values.OTEL_PROPAGATORS === undefined && { textMapPropagator: new W3CTraceContextPropagator() }),
  });
  sdk.start();
  countSpans(sdkMetrics);
  return () => sdk.shutdown();
}

/** The processors of the SDK have a private member with their exporter. */
type ProcessorOfSdk = SpanProcessor & { readonly _exporter?: SpanExporter };

/**
 * Returns the SDK's own list of span processors, to monitor them and to add one. With processors as an option, the SDK would
 * create no exporters from the environment, so the only way is its private members.
 */
function findSpanProcessors(): ProcessorOfSdk[] {
  const proxy = trace.getTracerProvider();
  const provider: object = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  // The SDK has no provider if it could create no exporter.
  if (!(provider instanceof TracerProvider)) return [];
  const all = provider['_activeSpanProcessor'] as Readonly<Record<'_spanProcessors', ProcessorOfSdk[]>>;
  return all['_spanProcessors'];
}

function startWithoutSdk(traces: TraceRing | undefined): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(
    new TracerProvider(
      traces
        ? { sampler: sampleRequests(new AlwaysOnSampler()), spanProcessors: [traces] }
        : { sampler: new AlwaysOffSampler() },
    ),
  );
}
