import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AggregationType } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TraceSpan, TraceSummary } from '#libs/contracts';
import { startMetrics } from './metrics.ts';
import { watchFailures } from './receiver.ts';
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

/**
 * Starts OpenTelemetry for this process: metrics always, traces by the standard `OTEL_*` variables. Where those name
 * an exporter of spans it is the whole SDK, configured by them. Elsewhere requests still have trace ids, which logs
 * carry and W3C trace context takes to the next service, and the SDK with all its exporters is not even loaded; with
 * `TRACES_RING=true` the latest traces of all requests are kept in memory, else nothing is recorded.
 */
export async function startTelemetry(env: NodeJS.ProcessEnv, entry: string | undefined): Promise<void> {
  watchFailures();
  const service = env.OTEL_SERVICE_NAME ?? serviceOfEntry(entry);
  stops = [await startMetrics(env, service)];
  startRuntimeMetrics();
  if (hasSpanExporter(env)) stops.push(await startSdk(service, env.OTEL_PROPAGATORS));
  else startOwn(env.TRACES_RING === 'true' ? keepIn(new TraceRing(service)) : IDS_ONLY);
}

/** Sends what is still buffered. Never throws and never takes long: telemetry that is away must not hold up a shutdown. */
export async function stopTelemetry(): Promise<void> {
  await Promise.race([Promise.allSettled(stops.map((stop) => stop())), sleep(STOP_TIMEOUT_MS)]);
}

/** The service an entry file such as `apps/catalog/src/main.js` belongs to. */
export const serviceOfEntry = (entry = ''): string => /apps[\\/]([^\\/]+)[\\/]/.exec(entry)?.[1] ?? 'unknown';

/** Whether the environment names somewhere to send spans to. */
const hasSpanExporter = (env: NodeJS.ProcessEnv): boolean =>
  env.OTEL_SDK_DISABLED !== 'true' &&
  env.OTEL_TRACES_EXPORTER !== 'none' &&
  [env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_TRACES_EXPORTER].some(
    Boolean,
  );

async function startSdk(serviceName: string, propagators: string | undefined): Promise<() => Promise<void>> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // The SDK tells what became of spans to a meter provider of its own alone, and only where this is set.
  process.env['OTEL_NODE_EXPERIMENTAL_SDK_METRICS'] = 'true';
  const own = new ScrapeReader();
  const sdk = new NodeSDK({
    serviceName,
    instrumentations: [],
    metricReaders: [own],
    views: [{ instrumentName: 'otel.sdk.span.*', aggregation: { type: AggregationType.DROP } }],
    logRecordProcessors: [],
    // Without baggage, which nobody here reads, on every call; with whatever else is asked for.
    ...(propagators === undefined && { textMapPropagator: new W3CTraceContextPropagator() }),
  });
  sdk.start();
  countSpans(own);
  return () => sdk.shutdown();
}

/** The latest spans, newest trace first; none where the process keeps none. */
export const recentTraces = (): TraceSummary[] => ring?.recent() ?? [];
export const spansOf = (traceId: string): readonly TraceSpan[] => ring?.spansOf(traceId) ?? [];

const IDS_ONLY: TracerOptions = { sampler: new AlwaysOffSampler() };

function keepIn(traces: TraceRing): TracerOptions {
  ring = traces;
  return { sampler: ringSampler(), spanProcessors: [traces] };
}

function startOwn(options: TracerOptions): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider(options));
}
