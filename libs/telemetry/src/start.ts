import { NodeSDK } from '@opentelemetry/sdk-node';
import { AlwaysOffSampler, NoopSpanProcessor } from '@opentelemetry/sdk-trace';

let sdk: NodeSDK | undefined;

/** Whether the environment names somewhere to send spans to. */
const hasExporter = (env: NodeJS.ProcessEnv): boolean =>
  [env.OTEL_EXPORTER_OTLP_ENDPOINT, env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_TRACES_EXPORTER].some(
    Boolean,
  );

/** The service an entry file such as `apps/catalog/src/main.js` belongs to. */
export const serviceOfEntry = (entry = ''): string => /apps[\\/]([^\\/]+)[\\/]/.exec(entry)?.[1] ?? 'unknown';

/**
 * Starts OpenTelemetry for this process, configured by the standard `OTEL_*` variables. Without an exporter requests
 * still have trace ids, which logs carry and W3C trace context takes to the next service, but nothing is recorded.
 */
export function startTelemetry(env: NodeJS.ProcessEnv, entry: string | undefined): void {
  sdk = new NodeSDK({
    serviceName: env.OTEL_SERVICE_NAME ?? serviceOfEntry(entry),
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
    ...(!hasExporter(env) && { sampler: new AlwaysOffSampler(), spanProcessors: [new NoopSpanProcessor()] }),
  });
  sdk.start();
}

/** Sends what is still buffered. Never throws: telemetry that is away must not fail a shutdown. */
export async function stopTelemetry(): Promise<void> {
  await sdk?.shutdown().catch(() => undefined);
  sdk = undefined;
}
