import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace';

let stop: () => Promise<void> = async () => undefined;

/**
 * Starts OpenTelemetry for this process. Where the standard `OTEL_*` variables name an exporter it is the whole SDK,
 * configured by them. Elsewhere requests still have trace ids, which logs carry and W3C trace context takes to the
 * next service, but nothing is recorded, and the SDK with all its exporters is not even loaded.
 */
export async function startTelemetry(env: NodeJS.ProcessEnv, entry: string | undefined): Promise<void> {
  if (hasExporter(env)) await startSdk(env.OTEL_SERVICE_NAME ?? serviceOfEntry(entry));
  else startTraceIds();
}

/** Sends what is still buffered. Never throws: telemetry that is away must not fail a shutdown. */
export async function stopTelemetry(): Promise<void> {
  await stop().catch(() => undefined);
}

/** The service an entry file such as `apps/catalog/src/main.js` belongs to. */
export const serviceOfEntry = (entry = ''): string => /apps[\\/]([^\\/]+)[\\/]/.exec(entry)?.[1] ?? 'unknown';

/** Whether the environment names somewhere to send spans to. */
const hasExporter = (env: NodeJS.ProcessEnv): boolean =>
  env.OTEL_SDK_DISABLED !== 'true' &&
  [env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_TRACES_EXPORTER].some(
    Boolean,
  );

async function startSdk(serviceName: string): Promise<void> {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ serviceName, instrumentations: [], metricReaders: [], logRecordProcessors: [] });
  sdk.start();
  stop = () => sdk.shutdown();
}

function startTraceIds(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ sampler: new AlwaysOffSampler() }));
}
