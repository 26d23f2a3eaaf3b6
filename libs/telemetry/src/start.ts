import { setTimeout as sleep } from 'node:timers/promises';
import { ProxyTracerProvider, context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { AggregationType } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '@film-store/core';
import type { TraceSpan, TraceSummary } from './trace.ts';
import { startMetrics } from './metrics.ts';
import { type IgnoredVariable, type OtelEnv, correctOtelEnv, readOtelEnv } from './otel-env.ts';
import { receiver, watchFailures } from './receiver.ts';
import { createResource } from './resource.ts';
import { ringSampler } from './ring-sampler.ts';
import { startRuntimeMetrics } from './runtime-metrics.ts';
import { ScrapeReader } from './scrape-reader.ts';
import { countSpans } from './span-counts.ts';
import { TraceRing } from './trace-ring.ts';

/** Longest wait for a receiver at the end, in milliseconds. */
const STOP_TIMEOUT_MS = 2000;

type TracerOptions = NonNullable<ConstructorParameters<typeof TracerProvider>[0]>;

let ring: TraceRing | undefined;
let stops: (() => Promise<void>)[] = [];
let ignored: readonly IgnoredVariable[] = [];

/**
 * Starts OpenTelemetry for this process: metrics always, traces by the standard `OTEL_*` variables. Where those name
 * an exporter of spans it is the whole SDK, configured by them. Elsewhere requests still have trace ids, which logs
 * carry and W3C trace context takes to the next service, and the SDK with all its exporters is not even loaded. With
 * `TRACES_RING=true` the latest traces are kept in memory: of all requests, or of those that the SDK samples. Without
 * both nothing is recorded. Variables whose values are wrong are taken out of `env`, which `logTelemetryTo` reports.
 * @param service its name, where `OTEL_SERVICE_NAME` does not give it
 */
export async function startTelemetry(env: NodeJS.ProcessEnv, service: string): Promise<void> {
  watchFailures();
  const read = readOtelEnv(env);
  ignored = read.ignored;
  correctOtelEnv(env, read.values);
  const resource = await createResource(read.values, service);
  stops = [await startMetrics(env, service)];
  startRuntimeMetrics();
  ring = env.TRACES_RING === 'true' ? new TraceRing(String(resource.attributes['service.name'])) : undefined;
  if (!hasSpanExporter(read.values)) return startOwn(ring);
  stops.push(await startSdk(resource, read.values));
  if (ring) addToSdk(ring);
}

/** Logs what became of telemetry so far, and from now on. */
export function logTelemetryTo(logger: Pick<Logger, 'warn' | 'info'>): void {
  for (const { name, expected } of ignored)
    logger.warn(
      { event: 'telemetry.setting_ignored', name },
      `${name} is not valid, what is wrong is ignored; expected ${expected}`,
    );
  receiver.logTo(logger);
}

/** Sends what is still buffered. Never throws and never takes long: telemetry that is away must not hold up a shutdown. */
export async function stopTelemetry(): Promise<void> {
  await Promise.race([Promise.allSettled(stops.map((stop) => stop())), sleep(STOP_TIMEOUT_MS)]);
}

/** Whether the environment names somewhere to send spans to. */
const hasSpanExporter = (values: OtelEnv): boolean =>
  values.OTEL_SDK_DISABLED !== 'true' &&
  !values.OTEL_TRACES_EXPORTER?.split(',').includes('none') &&
  (values.OTEL_EXPORTER_OTLP_ENDPOINT ??
    values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??
    values.OTEL_TRACES_EXPORTER) !== undefined;

async function startSdk(resource: Resource, values: OtelEnv): Promise<() => Promise<void>> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // The SDK tells what became of spans to a meter provider of its own alone, and only where this is set.
  process.env['OTEL_NODE_EXPERIMENTAL_SDK_METRICS'] = 'true';
  const own = new ScrapeReader();
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [own],
    views: [{ instrumentName: 'otel.sdk.span.*', aggregation: { type: AggregationType.DROP } }],
    logRecordProcessors: [],
    // Without baggage, which nobody here reads, on every call; with whatever else is asked for.
    ...(values.OTEL_PROPAGATORS === undefined && { textMapPropagator: new W3CTraceContextPropagator() }),
  });
  sdk.start();
  countSpans(own);
  return () => sdk.shutdown();
}

/** The latest spans, newest trace first; none where the process keeps none. */
export const recentTraces = (): TraceSummary[] => ring?.recent() ?? [];
export const findSpans = (traceId: string): readonly TraceSpan[] => ring?.spansOf(traceId) ?? [];

/**
 * Lets a processor have the spans of the SDK beside its exporters. The SDK takes processors as an option, but makes none
 * by the environment then; so it is added to those that it has made, for which there is no way but its private list.
 */
function addToSdk(processor: SpanProcessor): void {
  const proxy = trace.getTracerProvider();
  const provider: object = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  // Where it could make no exporter it has no provider either.
  if (!(provider instanceof TracerProvider)) return;
  const all = provider['_activeSpanProcessor'] as Readonly<Record<'_spanProcessors', SpanProcessor[]>>;
  all['_spanProcessors'].push(processor);
}

function startOwn(traces: TraceRing | undefined): void {
  const options: TracerOptions = traces
    ? { sampler: ringSampler(), spanProcessors: [traces] }
    : { sampler: new AlwaysOffSampler() };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider(options));
}
